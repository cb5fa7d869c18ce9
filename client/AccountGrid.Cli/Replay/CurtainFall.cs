using AccountGrid.Client;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Cli.Replay;

/// <summary>Puts back what this run changed, also after a failure or Ctrl-C. What others did stays.</summary>
internal static class CurtainFall
{
    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        stage.Tell.Act("Putting things back");
        await stage.Tell.StepAsync("", "Everything that this run took down is up, and nothing of it pends", async () =>
        {
            var restored = 0;
            long[] touched = [Stage.President, Stage.Bystander, .. stage.Small];
            foreach (var id in touched)
            {
                restored += await PutBackAsync(stage, id, cancellationToken) ? 1 : 0;
            }

            restored += await WeakenedSettings.PutBackAsync(stage, cancellationToken) ? 1 : 0;

            return Seen.Right(restored == 0 ? "nothing had to be done" : $"{restored} put back");
        });
        stage.Tell.Remark("The president's account stays protected: lowering that takes two people and a day. "
            + "The people of this run keep no token.");
    }

    // Answers whether something had to be done.
    private static async Task<bool> PutBackAsync(Stage stage, long id, CancellationToken cancellationToken)
    {
        Account account;
        try
        {
            account = await stage.AccountAsync(id, cancellationToken);
        }
        catch (AccountGridException e) when (e.Code == StatusCode.NotFound)
        {
            return false;
        }

        var did = false;
        if (account.OpenProposal is { } pending && IsOfThisRun(stage, pending.ProposedBy))
        {
            await stage.Cast.Agent.Api.Proposals.RejectAsync(
                new RejectProposalRequest { Id = pending.Id }, cancellationToken);
            did = true;
        }

        if (account.Holds.Any(h => IsOfThisRun(stage, h.PlacedBy)))
        {
            await Stage.RestoreAsync(stage.Cast.Agent, id, "ERROR", cancellationToken);
            did = true;
        }

        return did;
    }

    private static bool IsOfThisRun(Stage stage, Actor actor) =>
        actor.Subject.EndsWith(Cast.Mark + stage.Cast.Run, StringComparison.Ordinal);
}
