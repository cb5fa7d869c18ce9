using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws accounts for people.</summary>
internal static class AccountViews
{
    /// <summary>Everything about one account.</summary>
    public static void Detail(IAnsiConsole console, Account account)
    {
        console.Write(Tables.Facts(
            ("Account", $"[bold]{account.Id}[/]  {Show.Text(account.Handle)}"),
            ("Status", Status(account.Status)),
            ("Tier", Tier(account)),
            ("Followers", Followers(account.Followers)),
            ("Followers lost", Losses(account.FollowerLoss)),
            ("Version", account.Version > 0
                ? $"{Show.Count(account.Version)}  [grey]etag {Show.Text(account.Etag)}[/]"
                : "")));
        if (account.Holds.Count > 0)
        {
            var holds = Tables.New("Hold", "Placed by", "Approved by", "At", "Reason", "Until");
            foreach (var hold in account.Holds)
            {
                holds.AddRow(
                    Show.Name(hold.Kind),
                    Actor(hold.PlacedBy),
                    Show.Text(hold.ApprovedBy),
                    Show.Instant(hold.At),
                    Show.Text(hold.Reason),
                    Show.Instant(hold.Until));
            }

            console.Write(holds);
        }

        if (account.OpenProposal is { } proposal)
        {
            Waits(console, proposal);
        }
    }

    /// <summary>A line about a proposal and what it waits for.</summary>
    public static void Waits(IAnsiConsole console, Proposal proposal)
    {
        var what = $"[yellow]Waits:[/] {Show.Name(proposal.Action)} {proposal.Account} "
            + (proposal.ProposedBy is { } proposer ? $"proposed by {Actor(proposer)}" : "for the owner");

        // One that would be opened has no id yet.
        var (named, approve) = proposal.Id.Length > 0
            ? ($", proposal {Show.Text(proposal.Id)}", $": accountgrid proposal approve {Show.Text(proposal.Id)}")
            : ("", "");
        console.MarkupLine(proposal.State == Proposal.Types.State.Scheduled
            ? $"{what}; due {Show.Instant(proposal.DueAt)}{named}"
            : $"{what} needs a second person until {Show.Instant(proposal.DueAt)}{approve}");
    }

    /// <summary>Accounts, one line each.</summary>
    public static void List(IAnsiConsole console, IEnumerable<Account> accounts)
    {
        var table = Tables.New("#Account", "Handle", "Status", "Tier", "#Followers", "", "#Version", "Waits");
        foreach (var account in accounts)
        {
            table.AddRow(
                account.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Show.Text(account.Handle),
                Status(account.Status),
                Show.Name(account.Tier),
                account.Followers is { } f ? Show.Count(f.Count) : "",
                account.Followers is { } q ? Quality(q) : "",
                Show.Count(account.Version),
                account.OpenProposal is { } p ? $"{Show.Name(p.Action)} {Show.Text(p.Id)}" : "");
        }

        console.Write(table, "No account.");
    }

    /// <summary>What may be done to an account, or to a person's power.</summary>
    public static void Actions(IAnsiConsole console, IEnumerable<ActionPreview> actions)
    {
        var table = Tables.New("Action", "You may", "Why not");
        foreach (var action in actions)
        {
            table.AddRow(
                Show.Text(action.Action),
                action.Outcome == Outcome.Done ? "[green]alone[/]"
                    : action.SecondPerson != Role.Unspecified ? "[yellow]with a second person[/]"
                    : action.Outcome == Outcome.Pending ? "[yellow]after its time[/]"
                    : "[red]not[/]",
                action.Refusal.Length > 0 ? $"{Show.Text(action.Refusal)}: {Show.Text(action.Message)}" : "");
        }

        console.Write(table);
    }

    /// <summary>An account as a visitor sees it.</summary>
    public static void Public(IAnsiConsole console, PublicAccount account) => console.Write(Tables.Facts(
        ("Account", $"[bold]{account.Id}[/]  {Show.Text(account.Handle)}"),
        ("Followers", Followers(account.Followers))));

    /// <summary>The result of a follow or unfollow.</summary>
    public static void Followed(IAnsiConsole console, string what, FollowerCount followers) =>
        console.MarkupLine($"{what} Followers: {Followers(followers)}");

    /// <summary>A count with its quality.</summary>
    public static string Followers(FollowerCount? followers) => followers switch
    {
        null => "[grey]unknown[/]",
        { Quality: FollowerCount.Types.Quality.Unavailable } => Quality(followers),
        _ => $"{Show.Count(followers.Count)}  {Quality(followers)}",
    };

    /// <summary>A status, coloured.</summary>
    public static string Status(Account.Types.Status status) => status switch
    {
        Account.Types.Status.Active => "[green]ACTIVE[/]",
        Account.Types.Status.Suspended => "[yellow]SUSPENDED[/]",
        Account.Types.Status.Deactivated => "[red]DEACTIVATED[/]",
        _ => $"[grey]{Show.Name(status)}[/]",
    };

    /// <summary>The actor; services and the system are marked.</summary>
    public static string Actor(Actor? actor) => actor switch
    {
        null => "",
        { Kind: V1.Actor.Types.Kind.System } => "[grey]the system[/]",
        { Kind: V1.Actor.Types.Kind.Service } => $"{Show.Text(actor.Subject)} [grey](service)[/]",
        _ => Show.Text(actor.Subject),
    };

    private static string Quality(FollowerCount count) => count.Quality switch
    {
        FollowerCount.Types.Quality.Exact => "[green]exact[/]",
        FollowerCount.Types.Quality.AsOf => $"[yellow]as of {Show.Instant(count.AsOf)}[/]",
        _ => "[red]unavailable[/]",
    };

    private static string Losses(FollowerLoss? loss)
    {
        var lost = loss?.AsOf is null ? ""
            : $"{Show.Count(loss.Lost)} of at most {Show.Count(loss.Limit)}  [grey]as of {Show.Instant(loss.AsOf)}[/]";
        var refused = loss?.RefusedAt is null ? "" : $"  [red]refused since {Show.Instant(loss.RefusedAt)}[/]";
        return loss?.Allowance is not { } allowed ? lost + refused
            : $"{lost}{refused}  [yellow]{Show.Count(allowed.Followers)} more allowed until "
                + $"{Show.Instant(allowed.Until)}[/] [grey]by {Actor(allowed.PlacedBy)} and "
                + $"{Show.Text(allowed.ApprovedBy)}[/]";
    }

    private static string Tier(Account account) => account.Protection is { } p
        ? $"{Show.Name(account.Tier)}  [grey]{Show.Text(p.Owner)} answers for it ({Show.Text(p.Reason)}), "
            + $"review {Show.Instant(p.ReviewAt)}[/]"
        : account.ReachProtection is { EndsAt: { } end }
            ? $"{Show.Name(account.Tier)}  [grey]by the followers that it had; until {Show.Instant(end)}, if they stay "
                + "below the threshold[/]"
        : Show.Name(account.Tier);
}
