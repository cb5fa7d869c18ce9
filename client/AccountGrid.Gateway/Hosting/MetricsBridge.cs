using System.Diagnostics.Metrics;
using Prometheus;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// Turns the process's meters into Prometheus metrics, except for what is measured at every request or grain call: each such measurement takes about a microsecond to
/// get across, and <see cref="MethodMeter"/> has counted the request already. Started with the host and not by the first scrape, because whatever is measured before it starts is lost.
/// The registry is the process's: a second host in it shares the first one's.
/// </summary>
internal sealed class MetricsBridge : IHostedService
{
    private static readonly string[] Meters =
        ["AccountGrid", "AccountGrid.Storage", "Microsoft.Orleans", "Npgsql", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Counted at every call to a grain or every request over HTTP/2; not those that are read only when somebody looks.</summary>
    private static readonly string[] PerCall =
        ["orleans-app-requests-latency", "orleans-directory-lookups-", "orleans-messaging-sent-messages-size", "orleans-messaging-received-messages-size", "orleans-gateway-", "kestrel.queued_requests"];

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Amounts = Histogram.ExponentialBuckets(1, 4, 12);
    private static int _started;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressDebugMetrics = true, SuppressEventCounters = true, SuppressMeters = true });
            _ = MeterAdapter.StartListening(new MeterAdapterOptions
            {
                InstrumentFilterPredicate = IsWorthIt,
                ResolveHistogramBuckets = static instrument => instrument.Unit == "s" ? Seconds : Amounts,
            });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsWorthIt(Instrument instrument) =>
        Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal)
        && (instrument.IsObservable || !PerCall.Any(prefix => instrument.Name.StartsWith(prefix, StringComparison.Ordinal)));
}
