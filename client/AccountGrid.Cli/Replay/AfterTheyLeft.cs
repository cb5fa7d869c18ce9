using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 3: authority ends before the person does, whatever the token says.</summary>
internal static class AfterTheyLeft
{
    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        tell.Act("3. After the last shift");
        var proposal = (await stage.AccountAsync(Stage.President, cancellationToken)).OpenProposal;
        var left = stage.Clock.GetTimestamp();
        await tell.StepAsync("", "The contractor is offboarded, with a proposal still pending", async () =>
        {
            left = stage.Clock.GetTimestamp();
            var person = await stage.OffboardAsync(cast.Contractor, cancellationToken);
            return new Seen(
                person.Standing == Operator.Types.Standing.Ended,
                $"standing {Show.Name(person.Standing)} since {Show.Instant(person.AuthorityEndsAt)}");
        });
        await tell.StepAsync(
            "", "The token is still valid, but deactivating another, unprotected account is refused", async () =>
            {
                var seen = await Stage.RefusedAsync(
                    "AUTHORITY_ENDED",
                    () => Stage.DeactivateAsync(cast.Contractor, stage.Small[0], "SPAM", cancellationToken));
                stage.Measured.PowerlessAfter = stage.Clock.GetElapsedTime(left);
                return seen;
            });
        await tell.StepAsync("", "Even reading the account is refused", () => Stage.RefusedAsync(
            "AUTHORITY_ENDED",
            () => cast.Contractor.Api.Accounts.GetAsync(Stage.President, cancellationToken: cancellationToken)));
        if (proposal is null)
        {
            return;
        }

        await tell.StepAsync("", "A colleague in good faith approves what the contractor left behind", () =>
            Stage.RefusedAsync("PROPOSAL_VOID", () => Stage.ApproveAsync(cast.Approver, proposal, cancellationToken)));
        await tell.StepAsync("", "The account, and nothing pending any more", async () =>
        {
            var account = await stage.AccountAsync(Stage.President, cancellationToken);
            return new Seen(
                account.Status == Account.Types.Status.Active && account.OpenProposal is null,
                $"{Show.Name(account.Status)}, {account.OpenProposal?.Id ?? "nothing"} pends");
        });
    }
}
