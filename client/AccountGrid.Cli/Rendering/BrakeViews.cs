using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws the brake for people.</summary>
internal static class BrakeViews
{
    /// <summary>Everything about the brake.</summary>
    public static void Detail(IAnsiConsole console, Brake brake)
    {
        var window = brake.Window is { } w ? Show.Duration(w.ToTimeSpan()) : "";
        console.Write(Tables.Facts(
            ("Brake", brake.EngagedAt is null
                ? "[green]not engaged[/]"
                : "[red]ENGAGED[/]: every harm takes two people"),
            ("Since", Show.Instant(brake.EngagedAt)),
            ("Until", Show.Instant(brake.EngagedUntil)),
            ("Taken down alone", $"{Show.Count(brake.Harms)} of {Show.Count(brake.MaxHarms)} within {window}"),
            ("Their followers", $"{Show.Count(brake.Reach)} of {Show.Count(brake.MaxReach)}"),
            ("Last release", brake.LastRelease is { } release
                ? $"{Show.Instant(release.At)} by {Show.Text(release.By)}: {Show.Text(release.Note)}"
                : "")));
    }
}
