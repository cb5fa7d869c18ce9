using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws operators for people.</summary>
internal static class OperatorViews
{
    /// <summary>Operators, one line each.</summary>
    public static void List(IAnsiConsole console, IEnumerable<Operator> operators)
    {
        var table = Tables.New("Operator", "Name", "Roles", "Standing", "Authority ends", "#Harms", "#Reach");
        foreach (var o in operators)
        {
            table.AddRow(
                Show.Text(o.Id), Show.Text(o.DisplayName), Roles(o.Roles), Standing(o.Standing), Show.Instant(
                    o.AuthorityEndsAt),
                Show.Count(o.HarmsInWindow), Show.Count(o.ReachInWindow));
        }

        console.Write(table, "No operator.");
    }

    /// <summary>Everything about one operator.</summary>
    public static void Detail(IAnsiConsole console, Operator o)
    {
        console.Write(Tables.Facts(
            ("Operator", $"[bold]{Show.Text(o.Id)}[/]  {Show.Text(o.DisplayName)}"),
            ("Person", Show.Text(o.PersonId)),
            ("Roles", Roles(o.Roles)),
            ("Standing", Standing(o.Standing)),
            ("Authority ends", Show.Instant(o.AuthorityEndsAt)),
            ("Within the hour", $"{Show.Count(o.HarmsInWindow)} harmful actions, "
                + $"{Show.Count(o.ReachInWindow)} followers reached alone"),
            ("Etag", Show.Text(o.Etag))));
        if (o.OpenProposal is { } proposal)
        {
            AccountViews.Waits(console, proposal);
        }
    }

    /// <summary>The result of an undo.</summary>
    public static void Undone(
        IAnsiConsole console, IReadOnlyCollection<long> restored, IReadOnlyCollection<UndoFailure> failures, bool more,
        bool dryRun)
    {
        console.MarkupLine(restored.Count == 0
            ? "[grey]Nothing to restore.[/]"
            : $"{(dryRun ? "Would restore" : "Restored")} {Show.Count(restored.Count)}: "
                + string.Join(", ", restored));
        if (failures.Count > 0)
        {
            var table = Tables.New("#Not restored", "Reason", "");
            foreach (var failure in failures)
            {
                table.AddRow(failure.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), Show.Text(
                    failure.Reason), Show.Text(failure.Message));
            }

            console.Write(table);
        }

        if (more)
        {
            console.MarkupLine("[yellow]There are more: call it again.[/]");
        }
    }

    /// <summary>Roles as the command line takes them.</summary>
    public static string Roles(IEnumerable<Role> roles) =>
        string.Join(", ", roles.Select(static r => Show.Name(r).ToLowerInvariant()));

    private static string Standing(Operator.Types.Standing standing) => standing switch
    {
        Operator.Types.Standing.Active => "[green]ACTIVE[/]",
        Operator.Types.Standing.Notice => "[yellow]NOTICE[/]",
        _ => $"[red]{Show.Name(standing)}[/]",
    };
}
