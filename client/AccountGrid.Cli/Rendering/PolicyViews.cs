using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Draws the policy for people.</summary>
internal static class PolicyViews
{
    /// <summary>What is in force, and what waits.</summary>
    public static void Detail(IAnsiConsole console, Policy policy)
    {
        var table = Tables.New("Setting", "In force", "Default", "Stricter");
        foreach (var setting in policy.Settings)
        {
            table.AddRow(
                Show.Text(setting.Name), Show.Text(setting.Value), Show.Text(setting.DefaultValue),
                setting.Stricter == PolicySetting.Types.Stricter.Unspecified
                    ? ""
                    : Show.Name(setting.Stricter).ToLowerInvariant());
        }

        console.Write(table, "Nothing is recorded yet.");
        console.Write(Tables.Facts(("Etag", Show.Text(policy.Etag))));
        if (policy.OpenProposal is { } proposal)
        {
            Waits(console, proposal);
        }
    }

    /// <summary>How a silo's settings differ.</summary>
    public static void Differences(IAnsiConsole console, DiffPolicyResponse answer)
    {
        var table = Tables.New("Setting", "In force", "Settings", "");
        foreach (var difference in answer.Differences)
        {
            table.AddRow(
                Show.Text(difference.Name), Show.Text(difference.PolicyValue), Show.Text(difference.SettingsValue),
                difference.Weaker ? "[yellow]weaker[/]" : "stricter");
        }

        console.Write(table, "The settings do not differ.");
    }

    private static void Waits(IAnsiConsole console, PolicyProposal proposal)
    {
        console.Write(Tables.Facts(
            ("Proposal", $"[bold]{proposal.Sequence}[/]  {Show.Name(proposal.State)}"),
            ("Proposed by", $"{Show.Text(proposal.ProposedBy)}  {Show.Instant(proposal.ProposedAt)}"),
            ("Note", Show.Text(proposal.Note)),
            ("Approved by", Show.Text(proposal.ApprovedBy)),
            (proposal.State == Proposal.Types.State.Open ? "Expires" : "Due", Show.Instant(proposal.DueAt)),
            ("Digest", Show.Text(proposal.Digest))));
        var table = Tables.New("Setting", "From", "To", "");
        foreach (var change in proposal.Changes)
        {
            table.AddRow(
                Show.Text(change.Name), Show.Text(change.From), Show.Text(change.To),
                change.Weakens ? "[yellow]weaker[/]" : "");
        }

        console.Write(table);
    }
}
