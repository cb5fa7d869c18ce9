using System.Diagnostics;
using Prometheus;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// Counts and times the requests of one method over one protocol, as <c>/metrics</c> shows them. Made once per endpoint and written to Prometheus' own counters, because a
/// measurement that goes through the bridge from .NET's meters costs as much as a tenth of a read. Thread-safe.
/// </summary>
internal sealed class MethodMeter
{
    private const string Ok = "OK";

    private static readonly Counter Requests = Metrics.CreateCounter(
        "accountgrid_gateway_requests_total",
        "Requests answered, by method, protocol and outcome: OK or the error's reason.",
        ["method", "protocol", "outcome"],
        new CounterConfiguration { ExemplarBehavior = ExemplarBehavior.NoExemplars() });

    private static readonly Histogram Durations = Metrics.CreateHistogram(
        "accountgrid_gateway_request_duration_seconds",
        "Time from a request's headers to its answer, streams not counted, by method and protocol.",
        ["method", "protocol"],
        new HistogramConfiguration
        {
            Buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            ExemplarBehavior = SampledTraces.HandedOver,
        });

    private static readonly MethodMeter OtherGrpc = new("other", isGrpc: true, isStream: true);
    private static readonly MethodMeter OtherHttp = new("other", isGrpc: false, isStream: true);
    private readonly string _method;
    private readonly string _protocol;
    private readonly Counter.Child _ok;
    private readonly Histogram.Child? _duration;

    /// <summary>The meter of a method.</summary>
    /// <param name="method">Such as <c>AccountService.GetAccount</c>.</param>
    /// <param name="isGrpc">The protocol: gRPC or HTTP.</param>
    /// <param name="isStream">Lasts as long as both sides want, which says nothing about us.</param>
    public MethodMeter(string method, bool isGrpc, bool isStream)
    {
        _method = method;
        _protocol = isGrpc ? "grpc" : "http";
        _ok = Requests.WithLabels(_method, _protocol, Ok);
        _duration = isStream ? null : Durations.WithLabels(_method, _protocol);
    }

    /// <summary>The meter of everything that has none: the host's own endpoints, and addresses that do not exist.</summary>
    public static MethodMeter Other(bool isGrpc) => isGrpc ? OtherGrpc : OtherHttp;

    /// <summary>Counts one request.</summary>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="reason">The error's reason; <c>null</c> for none.</param>
    /// <param name="span">The request's span; <c>null</c> where it has none.</param>
    public void Observe(TimeSpan elapsed, string? reason, Activity? span)
    {
        if (_duration is not null)
        {
            if (span is { Recorded: true })
            {
                _duration.Observe(elapsed.TotalSeconds, SampledTraces.Of(span));
            }
            else
            {
                _duration.Observe(elapsed.TotalSeconds);
            }
        }

        (reason is null ? _ok : Requests.WithLabels(_method, _protocol, reason)).Inc();
    }
}
