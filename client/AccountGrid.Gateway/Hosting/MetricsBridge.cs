using System.Diagnostics.Metrics;
using System.Reflection;
using Prometheus;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// Turns the process's meters into Prometheus metrics (<see cref="MetricName"/>), except for what is measured at every request or grain call: <see cref="MethodMeter"/> has counted the
/// request already, and no read is to pay for a second count. Started with the host and not by the first scrape, because whatever is measured before it starts is lost.
/// The registry is the process's: a second host in it shares the first one's.
/// </summary>
internal sealed class MetricsBridge(IMeterFactory meters, ILogger<MetricsBridge> log) : IHostedLifecycleService
{
    private const string Meter = "AccountGrid.Gateway";

    private static readonly string[] Meters =
        ["AccountGrid", "AccountGrid.Storage", Meter, "Microsoft.Orleans", "Npgsql", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Counted at every call to a grain or every request over HTTP/2; not those that are read only when somebody looks.</summary>
    private static readonly string[] PerCall =
        ["orleans-app-requests-latency", "orleans-directory-lookups-", "orleans-messaging-sent-messages-size", "orleans-messaging-received-messages-size", "orleans-gateway-", "kestrel.queued_requests"];

    private static MeterBridge? _bridge;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_bridge is null)
        {
            Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressDebugMetrics = true, SuppressEventCounters = true, SuppressMeters = true });
            _bridge = new MeterBridge(Metrics.DefaultRegistry, IsWorthIt, log);
        }

        var version = new KeyValuePair<string, object?>("version", Version);
        _ = meters.Create(Meter).CreateObservableGauge("accountgrid.build.info", () => new Measurement<int>(1, version), null, "The version of the program that runs; always 1.");
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

    /// <summary>As the build wrote it, without the revision behind it.</summary>
    private static string Version =>
        (typeof(MetricsBridge).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    private static bool IsWorthIt(Instrument instrument) =>
        Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal)
        && (instrument.IsObservable || !PerCall.Any(prefix => instrument.Name.StartsWith(prefix, StringComparison.Ordinal)));
}
