using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 2: the contractor tries what worked in 2017.</summary>
internal static class OnePersonAlone
{
    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, contractor) = (stage.Tell, stage.Cast.Contractor);
        tell.Act("2. One person, alone");
        await tell.MustAsync("", "What a visitor sees", async () =>
        {
            stage.Before = await stage.VisitAsync(Stage.President, cancellationToken);
            return new Seen(
                stage.Before.Followers.Quality == FollowerCount.Types.Quality.Exact,
                $"@{stage.Before.Handle}, {Stage.Say(stage.Before.Followers)}");
        });
        await tell.StepAsync("18:45", "The contractor deactivates the account, at once and alone", async () =>
        {
            var started = stage.Clock.GetTimestamp();
            var seen = await Stage.RefusedAsync(
                "NEEDS_SECOND_PERSON",
                () => Stage.DeactivateAsync(
                    contractor, Stage.President, "IMPERSONATION", cancellationToken, directOnly: true));
            stage.Measured.LoneRefusal = stage.Clock.GetElapsedTime(started);
            return seen;
        });
        Proposal? proposal = null;
        await tell.StepAsync("", "The contractor proposes it instead", async () =>
        {
            var answer = await Stage.DeactivateAsync(contractor, Stage.President, "IMPERSONATION", cancellationToken);
            proposal = answer.Proposal;
            return new Seen(
                answer.Outcome == Outcome.Pending && answer.Account.Status == Account.Types.Status.Active
                    && proposal?.State == Proposal.Types.State.Open,
                $"{Show.Name(answer.Outcome)}: proposal {proposal?.Id} waits for a second person, "
                    + $"the account is {Show.Name(answer.Account.Status)}");
        });
        if (proposal is null)
        {
            return;
        }

        await tell.StepAsync("", "The contractor, an approver too, approves the own proposal", () =>
            Stage.RefusedAsync("NOTICE_PERIOD", () => Stage.ApproveAsync(contractor, proposal, cancellationToken)));
        await tell.StepAsync("", "What a visitor sees", async () =>
        {
            var now = await stage.VisitAsync(Stage.President, cancellationToken);
            return new Seen(
                Stage.IsSameExact(now.Followers, stage.Before!.Followers),
                $"@{now.Handle}, {Stage.Say(now.Followers)}");
        });
    }
}
