using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>Puts together what several processes remember of the same traces.</summary>
public static class TraceMerge
{
    /// <summary>Spans in order of their beginning, each once.</summary>
    public static ImmutableArray<SpanInfo> Spans(IEnumerable<SpanInfo> spans) =>
        [.. spans.DistinctBy(static s => (s.TraceId, s.SpanId)).OrderBy(static s => s.StartedAt)
            .ThenBy(static s => s.SpanId, StringComparer.Ordinal)];

    /// <summary>
    /// One line per trace, newest first. A request's own span says how it was called and how long it took; the
    /// account's says what became of it.
    /// </summary>
    public static ImmutableArray<TraceSummaryInfo> Summaries(IEnumerable<TraceSummaryInfo> parts) =>
        [.. parts.GroupBy(static p => p.TraceId, StringComparer.Ordinal).Select(static g => g.Aggregate(Merge))
            .OrderByDescending(static t => t.StartedAt).ThenBy(static t => t.TraceId, StringComparer.Ordinal)];

    private static TraceSummaryInfo Merge(TraceSummaryInfo a, TraceSummaryInfo b)
    {
        // The process where the request came in has the outermost span, which is the longest.
        var (outer, inner) = a.Duration >= b.Duration ? (a, b) : (b, a);

        // The part that names an account describes the request; an enrolment on first use is only a step of it.
        var (about, other) = outer.Account == 0 && inner.Account != 0 ? (inner, outer) : (outer, inner);
        return outer with
        {
            StartedAt = a.StartedAt <= b.StartedAt ? a.StartedAt : b.StartedAt,
            Action = Either(about.Action, other.Action),
            Account = about.Account,
            Actor = Either(about.Actor, other.Actor),
            Outcome = Either(about.Outcome, other.Outcome),
            Refusal = about.Account != 0 ? about.Refusal : Either(about.Refusal, other.Refusal),
            IsError = a.IsError || b.IsError,
            Spans = a.Spans + b.Spans,
        };
    }

    private static string Either(string first, string second) => first.Length > 0 ? first : second;
}
