using System.Text;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// Spans as an indented text that a test compares: names, kinds, who is below whom, status, what they say, what they
/// are linked to.
/// </summary>
public static class SpanTree
{
    /// <summary>Where it happened to happen, and what Orleans says of itself.</summary>
    private static readonly string[] Hidden = ["orleans.", "rpc.system", "rpc.service", "rpc.method", "http.route",
        "accountgrid.storage.rows", "db.", "server.", "network.", "accountgrid.proposal.trace_id"];

    /// <summary>
    /// Calls that are made only where the grain is in another silo, or was not called for a while: left out with what is
    /// below them, and tested by themselves.
    /// </summary>
    private static readonly string[] Occasional = ["IOperatorGrain/AskAsync", "IOperatorGrain/SettleAsync",
        "IBrakeGrain/ReserveAsync", "IBrakeGrain/SettleAsync"];

    /// <summary>The tree; spans that are linked to are named, <c>?</c> stands for one that is not among them.</summary>
    /// <param name="spans">All of them.</param>
    /// <param name="others">Spans of other traces that these may be linked to.</param>
    public static string Of(IReadOnlyCollection<RecordedSpan> spans, IEnumerable<RecordedSpan>? others = null)
    {
        var known = spans.Concat(others ?? []).DistinctBy(static s => s.SpanId).ToDictionary(static s => s.SpanId);
        var below = spans.ToLookup(static s => s.ParentId);
        var ids = spans.Select(static s => s.SpanId).ToHashSet();
        var text = new StringBuilder();
        foreach (var root in spans.Where(s => !ids.Contains(s.ParentId)).OrderBy(static s => s.Start))
        {
            Write(root, 0);
        }

        return text.ToString().TrimEnd();

        void Write(RecordedSpan span, int depth)
        {
            if (Occasional.Contains(span.Name))
            {
                return;
            }

            text.Append(' ', depth * 2).Append(span.Name).Append(' ').Append(span.Kind)
                .Append(span.IsError ? " ERROR" : "");
            foreach (var (name,
                value) in span.Attributes.Where(
                    static a => !Hidden.Any(h => a.Key.StartsWith(h, StringComparison.Ordinal))).OrderBy(
                        static a => a.Key, StringComparer.Ordinal))
            {
                text.Append(' ').Append(name.Replace("accountgrid.", "", StringComparison.Ordinal)).Append('=')
                    .Append(value);
            }

            foreach (var link in span.Links)
            {
                var to = known.GetValueOrDefault(link.SpanId);
                text.Append(" -> ").Append(to is null || to.TraceId != link.TraceId ? "?" : to.Name);
            }

            text.Append('\n');
            foreach (var child in below[span.SpanId].OrderBy(static s => s.Start))
            {
                Write(child, depth + 1);
            }
        }
    }
}
