using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AccountGrid.Telemetry;

/// <summary>
/// Copies the measurements of the process's meters into Prometheus' default registry, named by <see
/// cref="MetricName"/>. Instruments that are measured at every request or grain call are left out, because each copy
/// costs some 130 ns; the gateway counts its requests in the registry itself. The registry belongs to the process: a
/// second host in it shares the first one's bridge.
/// </summary>
internal sealed class MetricsBridge(IMeterFactory meters, ILogger<MetricsBridge> log) : IHostedLifecycleService
{
    private const string GatewayMeter = "AccountGrid.Gateway";

    private static readonly string[] Meters =
    [
        "AccountGrid", "AccountGrid.Storage", GatewayMeter, "Microsoft.Orleans", "Npgsql",
        "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime",
    ];

    /// <summary>Prefixes of instruments that are measured at every grain call or HTTP/2 request.</summary>
    private static readonly string[] PerCall =
    [
        "orleans-app-requests-latency", "orleans-directory-lookups-", "orleans-messaging-sent-messages-size",
        "orleans-messaging-received-messages-size", "orleans-gateway-", "kestrel.queued_requests",
    ];

    private static MeterBridge? _bridge;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_bridge is null)
        {
            Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions
            {
                SuppressDebugMetrics = true,
                SuppressEventCounters = true,
                SuppressMeters = true,
            });
            _bridge = new MeterBridge(Metrics.DefaultRegistry, IsShown, log);
        }

        var version = new KeyValuePair<string, object?>("version", Version);
        _ = meters.Create(GatewayMeter).CreateObservableGauge(
            "accountgrid.build.info", () => new Measurement<int>(
                1, version), null, "The version of the program that runs; always 1.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The version that the build wrote, without the revision behind it.</summary>
    private static string Version =>
        typeof(MetricsBridge).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static bool IsShown(Instrument instrument) =>
        Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal)
        && (instrument.IsObservable
            || !PerCall.Any(prefix => instrument.Name.StartsWith(prefix, StringComparison.Ordinal)));
}
