using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>Puts together what several processes remember of the same traces.</summary>
public static class TraceMerge
{
    /// <summary>Spans in order of their beginning, each once.</summary>
    public static ImmutableArray<SpanInfo> Spans(IEnumerable<SpanInfo> spans) =>
        [.. spans.DistinctBy(static s => (s.TraceId, s.SpanId)).OrderBy(static s => s.StartedAt).ThenBy(static s => s.SpanId, StringComparer.Ordinal)];

    /// <summary>One line per trace, newest first. A request's own span says how it was called and how long it took; the account's says what became of it.</summary>
    public static ImmutableArray<TraceSummaryInfo> Summaries(IEnumerable<TraceSummaryInfo> parts) =>
        [.. parts.GroupBy(static p => p.TraceId, StringComparer.Ordinal).Select(static g => g.Aggregate(Merge))
            .OrderByDescending(static t => t.StartedAt).ThenBy(static t => t.TraceId, StringComparer.Ordinal)];

    private static TraceSummaryInfo Merge(TraceSummaryInfo a, TraceSummaryInfo b)
    {
        // Whoever saw more of it took longer: the outermost span is where the request came in.
        var (outer, inner) = a.Duration >= b.Duration ? (a, b) : (b, a);

        // What it was about is told by the account, if there is one: somebody's enrolment on first use was only on the way to it.
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
