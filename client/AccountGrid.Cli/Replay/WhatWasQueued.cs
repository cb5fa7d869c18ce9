using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>
/// Act 4: an action left in the queue. Beside it the same action of a colleague who is still there, to show that the
/// queue does fire.
/// </summary>
internal static class WhatWasQueued
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan WaitAtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        var (left, stayed) = (stage.Small[0], stage.Small[1]);
        tell.Act("4. What was still queued");
        var at = stage.Clock.GetUtcNow() + Ahead;
        await tell.StepAsync(
            "", "A second contractor schedules the takedown of an unprotected account, allowed alone", async () =>
            {
                var answer = await Stage.DeactivateAsync(
                    cast.SecondContractor, left, "SPAM", cancellationToken, at: at);
                return Scheduled(answer);
            });
        await tell.StepAsync("", "A colleague schedules another for the same instant", async () =>
        {
            var answer = await Stage.DeactivateAsync(cast.Agent, stayed, "SPAM", cancellationToken, at: at);
            return Scheduled(answer);
        });
        await tell.StepAsync("", "The second contractor is offboarded before that instant", async () =>
        {
            var person = await stage.OffboardAsync(cast.SecondContractor, cancellationToken);
            return new Seen(person.Standing == Operator.Types.Standing.Ended, $"standing {Show.Name(person.Standing)}");
        });
        await tell.StepAsync("", "The instant comes: the colleague's action fires", async () =>
        {
            var account = await WaitUntilDownAsync(stage, stayed, at, cancellationToken);
            return new Seen(
                account.Status == Account.Types.Status.Deactivated
                    && account.Holds.Any(h => h.PlacedBy.Subject == cast.Agent.Id),
                Show.Name(account.Status)
                    + (account.Holds.Count > 0 ? $" at {Show.Precise(account.Holds[0].At)}" : ""));
        });
        await tell.StepAsync("", "The one of the person who left does not", async () =>
        {
            var account = await stage.AccountAsync(left, cancellationToken);
            var journal = await stage.JournalAsync(left, cancellationToken);
            var end = journal.FirstOrDefault(e => e.Type == "proposal-closed");
            return new Seen(
                account.Status == Account.Types.Status.Active && account.OpenProposal is null
                    && end is not null && !journal.Any(e => e.Type == "hold-placed"),
                $"{Show.Name(account.Status)}; the journal ends it with {end?.Type ?? "nothing"} "
                    + $"at {Show.Precise(end?.At)}");
        });
    }

    private static Seen Scheduled(DeactivateAccountResponse answer) => new(
        answer.Outcome == Outcome.Pending && answer.Proposal?.State == Proposal.Types.State.Scheduled
            && answer.Account.Status == Account.Types.Status.Active,
        $"{Show.Name(answer.Outcome)}: {answer.Account.Id}, due {Show.Precise(answer.Proposal?.DueAt)}");

    private static async Task<Account> WaitUntilDownAsync(
        Stage stage, long id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        for (var until = at + WaitAtMost; ;)
        {
            var account = await stage.AccountAsync(id, cancellationToken);
            if (account.Status != Account.Types.Status.Active || stage.Clock.GetUtcNow() > until)
            {
                return account;
            }

            await Task.Delay(LookEvery, stage.Clock, cancellationToken);
        }
    }
}
