using System.Globalization;
using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli.Traces;

/// <summary>Draws traces for people.</summary>
internal static class TraceViews
{
    private const int BarWidth = 32;

    /// <summary>The attributes of a step that are shown, in this order.</summary>
    private static readonly string[] Told =
    [
        "enduser.id", "accountgrid.account", "accountgrid.action", "accountgrid.outcome", "accountgrid.refusal",
        "error.type", "exception.type", "accountgrid.operator", "accountgrid.standing", "accountgrid.journal.entries",
        "accountgrid.journal.result", "accountgrid.follow.batch.size", "db.system.name", "db.operation.batch.size",
        "accountgrid.proposal.trace_id", "http.response.status_code", "rpc.grpc.status_code",
        "accountgrid.spans.dropped",
    ];

    /// <summary>One line for each trace.</summary>
    public static void List(IAnsiConsole console, IEnumerable<TraceSummary> traces)
    {
        var table = Tables.New("At", "#Took", "Command", "#Account", "By", "Outcome", "Trace");
        foreach (var trace in traces)
        {
            table.AddRow(
                Show.Precise(trace.StartedAt), Show.Elapsed(trace.Duration.ToTimeSpan()),
                Show.Text(trace.Action.Length > 0 ? trace.Action : trace.Name[(trace.Name.LastIndexOf('/') + 1)..]),
                trace.Account == 0 ? "" : trace.Account.ToString(CultureInfo.InvariantCulture),
                Show.Text(trace.Actor),
                Outcome(trace),
                Show.Text(trace.TraceId));
        }

        console.Write(table, "No command is remembered.");
    }

    /// <summary>The steps of a trace as a waterfall: what, where, when it began, how long it took.</summary>
    public static void Waterfall(IAnsiConsole console, Trace trace)
    {
        var steps = Steps(trace);
        var (from, until) = (steps.Min(static s => Begin(s.Span)), steps.Max(static s => End(s.Span)));
        console.MarkupLine(
            $"[bold]Trace {Show.Text(trace.TraceId)}[/]  "
                + $"[grey]{Show.Precise(steps[0].Span.StartedAt)}, {Show.Elapsed(until - from)}, "
                + $"{steps.Count} steps[/]");
        var places = steps.Select(static s => s.Span.Place).Distinct(StringComparer.Ordinal).ToArray();
        var table = places.Length > 1
            ? Tables.New("Step", "Where", "#At", "#Took", "", "")
            : Tables.New("Step", "#At", "#Took", "", "");
        foreach (var (span, depth) in steps)
        {
            var name = new string(' ', depth * 2) + Show.Text(span.Name) + (IsGrainCall(span) ? " (call)" : "");
            string[] cells =
            [
                $"+{Milliseconds(Begin(span) - from)}",
                Milliseconds(span.Duration.ToTimeSpan()),
                Bar(console, span, from, until - from),
                Details(span),
            ];
            var step = span.Error ? $"[red]{name}[/]" : name;
            table.AddRow(places.Length > 1 ? [step, Show.Text(span.Place), .. cells] : [step, .. cells]);
        }

        console.Write(table);
    }

    /// <summary>Parents before their parts, in order of time; a commit below the step that it carried.</summary>
    private static List<(Span Span, int Depth)> Steps(Trace trace)
    {
        var byId = trace.Spans.DistinctBy(static s => s.SpanId)
            .ToDictionary(static s => s.SpanId, StringComparer.Ordinal);
        var above = byId.Values.ToDictionary(
            static s => s.SpanId, s => ParentOf(s, trace.TraceId, byId), StringComparer.Ordinal);
        var below = byId.Values.ToLookup(s => above[s.SpanId] ?? "", StringComparer.Ordinal);
        var steps = new List<(Span, int)>(byId.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Add("", 0);
        return steps;

        void Add(string parent, int depth)
        {
            foreach (var span in below[parent].Where(s => seen.Add(s.SpanId)).OrderBy(Begin))
            {
                steps.Add((span, Math.Min(depth, 40)));
                Add(span.SpanId, depth + 1);
            }
        }
    }

    private static string? ParentOf(Span span, string traceId, Dictionary<string, Span> known) =>
        known.ContainsKey(span.ParentSpanId) ? span.ParentSpanId
        : span.TraceId == traceId ? null
        : span.Links.Select(static l => l.SpanId).FirstOrDefault(known.ContainsKey);

    /// <summary>A call and its answering are two spans of the same name.</summary>
    private static bool IsGrainCall(Span span) =>
        span is { Kind: Span.Types.Kind.Client, Source: "Microsoft.Orleans.Application" };

    private static string Details(Span span)
    {
        var told = Told.Where(span.Attributes.ContainsKey)
            .Select(name => $"{Short(name)} {Show.Text(span.Attributes[name])}");
        var text = string.Join(", ", told);
        if (!span.Error)
        {
            return $"[grey]{text}[/]";
        }

        var why = Show.Text(span.StatusMessage.Length > 0 ? span.StatusMessage : "failed");
        return $"[red]{text}{(text.Length > 0 ? ", " : "")}{why}[/]";
    }

    private static string Short(string name) => name switch
    {
        "enduser.id" => "by",
        "db.system.name" => "on",
        "db.operation.batch.size" => "operations",
        "http.response.status_code" or "rpc.grpc.status_code" => "status",
        "accountgrid.proposal.trace_id" => "proposed in",
        "accountgrid.spans.dropped" => "steps not kept",
        _ => name[(name.LastIndexOf('.') + 1)..],
    };

    private static string Bar(IAnsiConsole console, Span span, TimeSpan from, TimeSpan whole)
    {
        var scale = whole > TimeSpan.Zero ? BarWidth / whole.TotalMilliseconds : 0;
        var start = Math.Clamp((int)((Begin(span) - from).TotalMilliseconds * scale), 0, BarWidth - 1);
        var length = Math.Clamp(
            (int)Math.Round(span.Duration.ToTimeSpan().TotalMilliseconds * scale), 1, BarWidth - start);
        var drawn = new string(console.Profile.Capabilities.Unicode ? '\u2501' : '=', length);
        return new string(' ', start) + (span.Error ? $"[red]{drawn}[/]" : $"[green]{drawn}[/]")
            + new string(' ', BarWidth - start - length);
    }

    private static string Outcome(TraceSummary trace) =>
        trace.Error ? $"[red]{Show.Text(trace.Outcome.Length > 0 ? trace.Outcome : "failed")}[/]"
        : trace.Refusal.Length > 0 ? $"[yellow]refused {Show.Text(trace.Refusal)}[/]"
        : Show.Text(trace.Outcome);

    private static string Milliseconds(TimeSpan value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:#,0.00} ms");

    /// <summary>
    /// Since the epoch: silos' clocks may differ, so that a step may seem to begin before the one that caused it.
    /// </summary>
    private static TimeSpan Begin(Span span) =>
        new((span.StartedAt.Seconds * TimeSpan.TicksPerSecond) + (span.StartedAt.Nanos / 100));

    private static TimeSpan End(Span span) => Begin(span) + span.Duration.ToTimeSpan();
}
