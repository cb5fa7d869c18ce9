using System.Diagnostics;
using Prometheus;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// Counts and times the requests of one method over one protocol, as <c>/metrics</c> shows them. Made once for each
/// endpoint. Writes to Prometheus' own counters, because a measurement through the bridge from .NET's meters costs a
/// tenth of a read. Thread-safe.
/// </summary>
internal sealed class MethodMeter
{
    private const string Ok = "OK";

    /// <summary>
    /// Exemplars name the request's span, which is handed over because it is no longer the current one; at most one a
    /// second for each bucket.
    /// </summary>
    private static readonly ExemplarBehavior HandedOver = new()
    {
        DefaultExemplarProvider = static (_, _) => Exemplar.None,
        NewExemplarMinInterval = TimeSpan.FromSeconds(1),
    };

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
            ExemplarBehavior = HandedOver,
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
    /// <param name="isStream">Whether it is a stream, whose duration the caller decides; then none is measured.</param>
    public MethodMeter(string method, bool isGrpc, bool isStream)
    {
        _method = method;
        _protocol = isGrpc ? "grpc" : "http";
        _ok = Requests.WithLabels(_method, _protocol, Ok);
        _duration = isStream ? null : Durations.WithLabels(_method, _protocol);
    }

    /// <summary>
    /// The meter of requests without a method: the host's own endpoints, and addresses that do not exist.
    /// </summary>
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
                _duration.Observe(elapsed.TotalSeconds, ExemplarOf(span));
            }
            else
            {
                _duration.Observe(elapsed.TotalSeconds);
            }
        }

        (reason is null ? _ok : Requests.WithLabels(_method, _protocol, reason)).Inc();
    }

    private static Exemplar ExemplarOf(Activity span) =>
        Exemplar.From(
            Exemplar.Pair("trace_id", span.TraceId.ToHexString()), Exemplar.Pair("span_id", span.SpanId.ToHexString()));
}
