using System.Diagnostics;
using Prometheus;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// Exemplars: a duration names the trace that took so long, where that trace is one that somebody keeps. Nothing is looked up otherwise. Served to whoever
/// asks <c>/metrics</c> for the OpenMetrics format.
/// </summary>
internal static class SampledTraces
{
    /// <summary>How often one bucket of one series takes a new one: more often than anybody scrapes, seldom enough to cost nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The trace under way where it is sampled, with its span; none otherwise.</summary>
    public static ExemplarBehavior AsExemplars { get; } = new()
    {
        DefaultExemplarProvider = static (_, _) => Activity.Current is { Recorded: true } ? Exemplar.FromTraceContext() : Exemplar.None,
        NewExemplarMinInterval = Pause,
    };

    /// <summary>For measurements whose span is handed over, because it is not the one under way where they are made.</summary>
    public static ExemplarBehavior HandedOver { get; } = new() { DefaultExemplarProvider = static (_, _) => Exemplar.None, NewExemplarMinInterval = Pause };

    /// <summary>The exemplar of a span that is recorded.</summary>
    public static Exemplar Of(Activity span) =>
        Exemplar.From(Exemplar.Pair("trace_id", span.TraceId.ToHexString()), Exemplar.Pair("span_id", span.SpanId.ToHexString()));
}
