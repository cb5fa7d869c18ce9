using System.Diagnostics;
using AccountGrid.Application;
using AccountGrid.Grains;
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

    /// <summary>
    /// A journal entry names the trace of its request, but Orleans takes a trace into a grain only while somebody listens. This listens to changes
    /// alone: reads are the hot path and write no entry.
    /// </summary>
    private static readonly ActivityListener JournalTraces = new()
    {
        ShouldListenTo = static source => source.Name == "Microsoft.Orleans.Application",
        Sample = static (ref ActivityCreationOptions<ActivityContext> call) =>
            call.Name.EndsWith(nameof(IAccountGrain.ExecuteAsync), StringComparison.Ordinal) || call.Name.EndsWith(nameof(IRegistrarGrain.RegisterAsync), StringComparison.Ordinal)
                ? ActivitySamplingResult.PropagationData
                : ActivitySamplingResult.None,
    };

    private static readonly string[] Meters = [ApplicationDiagnostics.Name, "AccountGrid.Storage", "AccountGrid.Gateway", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Whether anybody receives what is exported.</summary>
    public static bool IsExported(IConfiguration configuration) => Endpoints.Any(e => !string.IsNullOrEmpty(configuration[e]));

    /// <summary>Adds what is exported, and what journals need with or without an exporter.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        ActivitySource.AddActivityListener(JournalTraces);
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
