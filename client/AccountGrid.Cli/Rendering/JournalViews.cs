using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws journals, changes and incidents for people.</summary>
internal static class JournalViews
{
    /// <summary>Entries of one journal or of all.</summary>
    public static void Entries(IAnsiConsole console, IEnumerable<JournalEntry> entries, bool withStream)
    {
        var table = withStream
            ? Tables.New("#Position", "Journal", "#Entry", "At", "Actor", "Event", "Details", "Trace")
            : Tables.New("#Entry", "At", "Actor", "Event", "Details", "Trace");
        foreach (var entry in entries)
        {
            string[] cells =
            [
                Show.Count(entry.Sequence), Show.Precise(entry.At), AccountViews.Actor(entry.Actor), Show.Text(
                    entry.Type),
                Show.Text(Details(entry.Data)), Trace(entry.TraceId),
            ];
            table.AddRow(withStream ? [Show.Count(entry.Position), Show.Text(entry.Stream), .. cells] : cells);
        }

        console.Write(table, "No entry.");
    }

    /// <summary>One change of a watch, on one line.</summary>
    public static void Change(IAnsiConsole console, WatchEventsResponse change) => console.MarkupLine(
        $"[grey]{Show.Precise(change.At)}[/]  {change.Account}  {AccountViews.Status(change.Status)}  "
            + $"{Show.Text(change.Type)}{By(change.Actor)}  [grey]position {change.Position}"
            + $"{(change.TraceId.Length > 0 ? $", trace {Show.Text(change.TraceId)}" : "")}[/]");

    /// <summary>Services are not told who acted.</summary>
    private static string By(Actor? actor) => actor is null ? "" : $" by {AccountViews.Actor(actor)}";

    /// <summary>Incidents, newest first.</summary>
    public static void Incidents(IAnsiConsole console, IReadOnlyCollection<Incident> incidents)
    {
        if (incidents.Count == 0)
        {
            console.MarkupLine("[grey]It was never down.[/]");
        }

        foreach (var incident in incidents)
        {
            console.Write(IncidentFacts(incident));
            console.WriteLine();
        }
    }

    /// <summary>One incident.</summary>
    public static Grid IncidentFacts(Incident incident) => Tables.Facts(
        ("From", Show.Precise(incident.From)),
        ("Until", incident.Until is null
            ? "[red]still down[/]"
            : $"{Show.Precise(incident.Until)}  [grey]{Length(incident)}[/]"),
        ("Status", AccountViews.Status(incident.Status)),
        ("Reason", Show.Text(incident.Reason)),
        ("Taken down by", AccountViews.Actor(incident.PlacedBy)),
        ("Approved by", Approvers(incident)),
        ("Ended by", AccountViews.Actor(incident.EndedBy)),
        ("Followers then", incident.HasFollowers ? Show.Count(incident.Followers) : "unknown"),
        ("Reads refused", $"at least {Show.Count(incident.ReadsRefused)}"),
        ("Journal entries", string.Join(", ", incident.Sequences)),
        ("Traces", string.Join("\n", incident.TraceIds.Select(Show.Text))));

    /// <summary>Every second person; a server of an earlier version names the first one only.</summary>
    private static string Approvers(Incident incident) =>
        incident.Approvers.Count > 0 ? string.Join(", ", incident.Approvers.Select(Show.Text))
        : incident.ApprovedBy.Length > 0 ? Show.Text(incident.ApprovedBy)
        : "[grey]none: it needed no second person[/]";

    /// <summary>The length of an incident.</summary>
    public static string Length(Incident incident) =>
        incident.Until is null
            ? ""
            : Show.Elapsed(incident.Until.ToDateTimeOffset() - incident.From.ToDateTimeOffset());

    // Fields as name=value, nested ones by dots, in the order in which they came.
    private static string Details(Struct? data) => data is null ? "" : string.Join(", ", Flatten("", data));

    private static IEnumerable<string> Flatten(string prefix, Struct data)
    {
        foreach (var (name, value) in data.Fields)
        {
            switch (value.KindCase)
            {
                case Value.KindOneofCase.StructValue:
                    foreach (var nested in Flatten($"{prefix}{name}.", value.StructValue))
                    {
                        yield return nested;
                    }

                    break;
                case Value.KindOneofCase.StringValue when value.StringValue.Length > 0:
                    yield return $"{prefix}{name}={value.StringValue}";
                    break;
                case Value.KindOneofCase.NumberValue:
                    yield return string.Create(
                        System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{name}={value.NumberValue}");
                    break;
                case Value.KindOneofCase.BoolValue:
                    yield return $"{prefix}{name}={(value.BoolValue ? "true" : "false")}";
                    break;
                case Value.KindOneofCase.ListValue:
                    yield return $"{prefix}{name}={Output.ToJson(value.ListValue)}";
                    break;
                default:
                    break;
            }
        }
    }

    private static string Trace(string traceId) =>
        traceId.Length > 8 ? $"[grey]{Show.Text(traceId[..8])}[/]" : Show.Text(traceId);
}
