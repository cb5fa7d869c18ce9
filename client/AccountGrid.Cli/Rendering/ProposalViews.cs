using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws proposals for people.</summary>
internal static class ProposalViews
{
    /// <summary>Proposals, one line each.</summary>
    public static void List(IAnsiConsole console, IEnumerable<Proposal> proposals)
    {
        var table = Tables.New(
            "Proposal", "Action", "State", "Proposed by", "Reason", "#Followers", "Tier", "Approved by", "Due");
        foreach (var p in proposals)
        {
            table.AddRow(
                Show.Text(p.Id),
                Show.Name(p.Action),
                Show.Name(p.State),
                AccountViews.Actor(p.ProposedBy),
                Show.Text(p.Reason),
                Followers(p),
                Tier(p),
                Show.Text(p.ApprovedBy),
                Show.Instant(p.DueAt));
        }

        console.Write(table, "Nothing waits.");
    }

    /// <summary>Everything about one proposal that an approver should see.</summary>
    public static void Detail(IAnsiConsole console, Proposal p)
    {
        console.Write(Tables.Facts(
            ("Proposal", $"[bold]{Show.Text(p.Id)}[/]  {Show.Name(p.State)}"),
            ("Action", $"{Show.Name(p.Action)} {(p.Operator.Length > 0 ? Show.Text(p.Operator) : p.Account)}"),
            ("Roles", OperatorViews.Roles(p.Roles)),
            ("Authority ends", p.Operator.Length > 0 ? Show.Instant(p.AuthorityEndsAt) : ""),
            ("Person", Show.Text(p.PersonId)),
            ("Followers to lose", p.Followers > 0 ? Show.Count(p.Followers) : ""),
            ("Until", Show.Instant(p.Until)),
            ("At", Show.Instant(p.At)),
            ("Proposed by", $"{AccountViews.Actor(p.ProposedBy)}  {Show.Instant(p.ProposedAt)}"),
            ("Reason", Show.Text(p.Reason)),
            ("Note", Show.Text(p.Note)),
            ("Ticket", Show.Text(p.Ticket)),
            ("Impact", p.Operator.Length > 0 ? "" : $"{Followers(p)} followers, {Tier(p)}"),
            ("Approved by", Show.Text(p.ApprovedBy)),
            (p.State == Proposal.Types.State.Open ? "Expires" : "Due", Show.Instant(p.DueAt)),
            ("Digest", Show.Text(p.Digest))));
    }

    private static string Tier(Proposal p) =>
        p.Operator.Length > 0 ? "" : p.ShownProtected ? "PROTECTED" : "STANDARD";

    private static string Followers(Proposal p) =>
        p.Operator.Length > 0 ? "" : p.HasShownFollowers ? Show.Count(p.ShownFollowers) : "unknown";
}
