using System.Globalization;
using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 9: one person makes the rules weaker, by a request and in a silo's configuration.</summary>
internal static class WeakenedSettings
{
    private const string Setting = "Accounts:ProtectedReach";
    private const long Weaker = 1_000_000_000;

    private static readonly string Value = Weaker.ToString(CultureInfo.InvariantCulture);

    public static async Task TellAsync(Stage stage, OwnSilo? own, CancellationToken cancellationToken)
    {
        var (tell, admin) = (stage.Tell, stage.Cast.SecondAdmin);
        tell.Act("9. Weakened settings");
        var before = await admin.Api.Policy.GetAsync(cancellationToken);
        if (before.OpenProposal is not null)
        {
            tell.Remark("A change of the policy waits on this server already, so this act is left out.");
            return;
        }

        await ByRequestAsync(stage, before, cancellationToken);
        if (own is not null)
        {
            await ByConfigurationAsync(stage, own, before, cancellationToken);
        }
    }

    /// <summary>Withdraws what this run has proposed and left open.</summary>
    /// <returns>Whether there was something.</returns>
    public static async Task<bool> PutBackAsync(Stage stage, CancellationToken cancellationToken)
    {
        var admin = stage.Cast.SecondAdmin;
        var open = (await admin.Api.Policy.GetAsync(cancellationToken)).OpenProposal;
        if (open?.ProposedBy != admin.Id)
        {
            return false;
        }

        await WithdrawAsync(admin, open, cancellationToken);
        return true;
    }

    private static async Task ByRequestAsync(Stage stage, Policy before, CancellationToken cancellationToken)
    {
        var (tell, admin) = (stage.Tell, stage.Cast.SecondAdmin);
        PolicyProposal? proposal = null;
        await tell.StepAsync("", $"An admin asks to protect only from {Show.Count(Weaker)} followers on", async () =>
        {
            var request = new ProposePolicyRequest
            {
                Settings = { new PolicyValue { Name = Setting, Value = Value } },
                Note = "replay of 2 November 2017",
            };
            var answer = await admin.Api.Policy.ProposeAsync(request, cancellationToken);
            proposal = answer.Policy.OpenProposal;
            return new Seen(
                answer.Outcome == Outcome.Pending && proposal is { Weakens: true }
                    && ValueIn(answer.Policy) == ValueIn(before),
                $"{Show.Name(answer.Outcome)}: it waits for a second admin, and {ValueIn(answer.Policy)} is in force");
        });
        if (proposal is null)
        {
            return;
        }

        await tell.StepAsync("", "The proposer approves it alone", () => Stage.RefusedAsync(
            "SAME_PERSON", () => ApproveAsync(admin, proposal, cancellationToken)));
        await tell.StepAsync("", "The admin who leaves approves it", () => Stage.RefusedAsync(
            "NOTICE_PERIOD", () => ApproveAsync(stage.Cast.Admin, proposal, cancellationToken)));
        await tell.StepAsync("", "It is withdrawn, and nothing has changed", async () =>
        {
            var policy = (await WithdrawAsync(admin, proposal, cancellationToken)).Policy;
            return new Seen(
                policy.OpenProposal is null && ValueIn(policy) == ValueIn(before),
                $"{Setting} is {ValueIn(policy)}");
        });
    }

    private static async Task ByConfigurationAsync(
        Stage stage, OwnSilo own, Policy before, CancellationToken cancellationToken)
    {
        var title = $"The silo starts again with {Setting}={Value} in its configuration";
        await stage.Tell.StepAsync("", title, async () =>
        {
            await own.RestartAsync(stage.Run, Setting, Value, cancellationToken);
            var api = stage.Cast.SecondAdmin.Api;
            var policy = await api.Policy.GetAsync(cancellationToken);
            var differences = (await api.Policy.DiffAsync(cancellationToken)).Differences;
            return new Seen(
                ValueIn(policy) == ValueIn(before)
                    && differences.Any(static d => d.Name == Setting && d.SettingsValue == Value && d.Weaker),
                $"{ValueIn(policy)} stays in force, and the difference is shown");
        });
    }

    private static Task<ApprovePolicyResponse> ApproveAsync(
        Person by, PolicyProposal proposal, CancellationToken cancellationToken)
    {
        var request = new ApprovePolicyRequest { Sequence = proposal.Sequence, Digest = proposal.Digest };
        return by.Api.Policy.ApproveAsync(request, cancellationToken);
    }

    private static Task<WithdrawPolicyResponse> WithdrawAsync(
        Person by, PolicyProposal proposal, CancellationToken cancellationToken)
    {
        var request = new WithdrawPolicyRequest { Sequence = proposal.Sequence };
        return by.Api.Policy.WithdrawAsync(request, cancellationToken);
    }

    private static string? ValueIn(Policy policy) =>
        policy.Settings.FirstOrDefault(static s => s.Name == Setting)?.Value;
}
