using System.Globalization;
using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws answers of the audit for people.</summary>
internal static class AuditViews
{
    /// <summary>The result of a verification.</summary>
    public static void Verified(IAnsiConsole console, VerifyAuditResponse answer)
    {
        console.MarkupLine(answer.Intact
            ? "[green]Intact.[/] Every chain, root and signature was recomputed."
            : $"[red]NOT INTACT:[/] {Show.Text(answer.ProblemKind)}: {Show.Text(answer.Problem)}");
        console.Write(Tables.Facts(
            ("First bad entry", answer.Intact || answer.Stream.Length == 0
                ? ""
                : $"{Show.Text(answer.Stream)} entry {Show.Count(answer.Sequence)}"),
            ("Entries", Show.Count(answer.Entries)),
            ("Journals", Show.Count(answer.Streams)),
            ("Checkpoints", Show.Count(answer.Checkpoints)),
            ("Up to position", Show.Count(answer.Position)),
            ("Not signed yet", answer.HasCoveredPosition
                ? Show.Count(Math.Max(0, answer.Position - answer.CoveredPosition))
                : "")));
    }

    /// <summary>Checkpoints.</summary>
    public static void Checkpoints(IAnsiConsole console, IEnumerable<Checkpoint> checkpoints)
    {
        var table = Tables.New("#Number", "#Position", "At", "Root", "Key");
        foreach (var c in checkpoints)
        {
            table.AddRow(c.Number.ToString(CultureInfo.InvariantCulture), Show.Count(c.Position), Show.Instant(
                c.At), Show.Text(c.Root), Show.Text(c.KeyId));
        }

        console.Write(table, "No checkpoint yet.");
    }
}
