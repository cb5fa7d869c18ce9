using AccountGrid.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AccountGrid.Telemetry;

/// <summary>
/// The telemetry of a process: its metrics in Prometheus' registry and its last traces in memory, always; traces,
/// metrics and logs to an OpenTelemetry collector, where the standard <c>OTEL_EXPORTER_OTLP_...</c> variables name one.
/// </summary>
public static class ProcessTelemetry
{
    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    private static readonly string[] Meters =
    [
        "AccountGrid", "AccountGrid.Storage", "AccountGrid.Gateway", "Microsoft.Orleans",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Adds it to a host.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The service's name at a collector, unless <c>OTEL_SERVICE_NAME</c> gives another.</param>
    /// <param name="traces">The settings; checked.</param>
    public static void Add(IHostApplicationBuilder builder, string service, TraceSettings traces)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(traces);
        AddMetricsBridge(builder.Services);
        var isExported = IsExported(builder);
        if (traces.Enabled)
        {
            builder.Services.AddSingleton(new TraceRing(traces));
            builder.Services.AddSingleton<ITraceStore>(static provider => provider.GetRequiredService<TraceRing>());
            if (!IsSampledElsewhere(builder))
            {
                builder.Services.AddSingleton<IRequestSampler>(provider =>
                    new RequestSampler(traces, isExported, provider.GetService<TimeProvider>() ?? TimeProvider.System));
            }

            if (!isExported)
            {
                builder.Services.AddSingleton<TraceListener>();
                builder.Services.AddHostedService<Listening>();
            }
        }

        if (isExported)
        {
            Export(builder, service, traces);
        }
    }

    /// <summary>
    /// Copies the process's meters into Prometheus' default registry; <see cref="Add"/> does it too. The bridge starts
    /// before every service added so far, because what is measured before it starts is lost.
    /// </summary>
    /// <param name="services">The host's services.</param>
    public static void AddMetricsBridge(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, MetricsBridge>());
    }

    /// <summary>Whether the standard variable chooses what is recorded: it is set, and there is a collector.</summary>
    private static bool IsSampledElsewhere(IHostApplicationBuilder builder) =>
        IsExported(builder) && !string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]);

    private static bool IsExported(IHostApplicationBuilder builder) =>
        Endpoints.Any(e => !string.IsNullOrEmpty(builder.Configuration[e]));

    private static void Export(IHostApplicationBuilder builder, string service, TraceSettings traces)
    {
        var telemetry = builder.Services.AddOpenTelemetry();
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_SERVICE_NAME"]))
        {
            telemetry.ConfigureResource(r => r.AddService(service));
        }

        if (traces.Enabled)
        {
            var isSampledElsewhere = IsSampledElsewhere(builder);
            telemetry.WithTracing(tracing =>
            {
                tracing.AddSource(TraceRules.Sources)
                    .AddProcessor(static provider => new RingProcessor(provider.GetRequiredService<TraceRing>()));
                if (!isSampledElsewhere)
                {
                    tracing.SetSampler(new RulesSampler());
                }
            });
        }

        telemetry
            .WithMetrics(static m => m.AddAspNetCoreInstrumentation().AddMeter(Meters))
            .WithLogging(configureBuilder: null, static logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter();
    }

    /// <summary>Listens from the start of the host to its end.</summary>
    private sealed class Listening(TraceListener listener) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            listener.Dispose();
            return Task.CompletedTask;
        }
    }
}
