using AccountGrid.Application;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AccountGrid.Silo;

/// <summary>Traces and metrics to an OpenTelemetry collector, where the standard <c>OTEL_EXPORTER_OTLP_...</c> variables name one; nothing otherwise.</summary>
internal static class Telemetry
{
    private static readonly string[] Endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];

    /// <summary>The activity sources that are worth a trace; Orleans' runtime itself is noise.</summary>
    private static readonly string[] Sources =
        [ApplicationDiagnostics.Name, "AccountGrid.Storage", "AccountGrid.Gateway", "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle", "Microsoft.Orleans.Storage"];

    private static readonly string[] Meters = [ApplicationDiagnostics.Name, "AccountGrid.Storage", "AccountGrid.Gateway", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Whether anybody receives what is exported.</summary>
    public static bool IsExported(IConfiguration configuration) => Endpoints.Any(e => !string.IsNullOrEmpty(configuration[e]));

    /// <summary>Adds what is exported.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        if (!IsExported(builder.Configuration))
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static r => r.AddService("accountgrid-silo"))
            .WithTracing(static t => t.AddAspNetCoreInstrumentation().AddGrpcClientInstrumentation().AddSource(Sources))
            .WithMetrics(static m => m.AddAspNetCoreInstrumentation().AddMeter(Meters))
            .UseOtlpExporter();
    }
}
