using AccountGrid.Client;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Cli.Replay;

/// <summary>
/// Act 5: a takedown as it should be, what visitors saw meanwhile, and the first read after the restore.
/// </summary>
internal static class TwoPeople
{
    private const int Visitors = 20;
    private const long NeverThere = 8_888_888_888_888_888_888;

    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        tell.Act("5. Two people, for a reason");
        Proposal? proposal = null;
        await tell.StepAsync("", "A colleague proposes a takedown, with its reason", async () =>
        {
            var answer = await Stage.DeactivateAsync(cast.Agent, Stage.President, "IMPERSONATION", cancellationToken);
            proposal = answer.Proposal;
            return new Seen(answer.Outcome == Outcome.Pending, $"{Show.Name(answer.Outcome)}: proposal {proposal?.Id}");
        });
        if (proposal is null)
        {
            return;
        }

        await tell.StepAsync("", "The same colleague, an approver of full standing, approves it", () =>
            Stage.RefusedAsync("SAME_PERSON", () => Stage.ApproveAsync(cast.Agent, proposal, cancellationToken)));
        var isDown = await tell.StepAsync("", "A second person approves it", async () =>
        {
            var answer = await Stage.ApproveAsync(cast.Approver, proposal, cancellationToken);
            return new Seen(
                answer.Outcome == Outcome.Done && answer.Account.Status == Account.Types.Status.Deactivated,
                $"{Show.Name(answer.Outcome)}: the account is {Show.Name(answer.Account.Status)}");
        });
        if (isDown)
        {
            await WhileDownAsync(stage, cancellationToken);
            await RestoreAsync(stage, cancellationToken);
        }
    }

    private static async Task WhileDownAsync(Stage stage, CancellationToken cancellationToken)
    {
        var tell = stage.Tell;
        await tell.StepAsync("", $"{Visitors} visitors come by", async () =>
        {
            var never = await AnswerAsync(stage, NeverThere, cancellationToken);
            for (var visitor = 0; visitor < Visitors; visitor++)
            {
                var answer = await AnswerAsync(stage, Stage.President, cancellationToken);
                if (answer is null || never is null || answer != never)
                {
                    return Seen.Wrong($"visitor {visitor + 1} learned more than of an account that never was: "
                        + (answer ?? "it is shown"));
                }

                stage.Measured.VisitorsRefused++;
            }

            return Seen.Right($"404 each, the same as for an account that never was: {never}");
        });
        await tell.StepAsync("", "The followers stay where they are", async () =>
        {
            var account = await stage.AccountAsync(Stage.President, cancellationToken);
            return new Seen(
                Stage.IsSameExact(account.Followers, stage.Before!.Followers),
                $"{Show.Name(account.Status)}, {Stage.Say(account.Followers)}");
        });
        await tell.StepAsync("", "The other official account is untouched", async () =>
        {
            var before = stage.BystanderBefore!;
            var visit = await stage.VisitAsync(Stage.Bystander, cancellationToken);
            var now = await stage.AccountAsync(Stage.Bystander, cancellationToken);
            stage.Measured.BystanderUntouched = now.Version == before.Version && now.Etag == before.Etag
                && visit.Followers.Count >= stage.Scale.Bystander;
            return new Seen(
                stage.Measured.BystanderUntouched,
                $"{Show.Name(now.Status)}, version {Show.Count(now.Version)} as before, {Stage.Say(visit.Followers)}");
        });
    }

    private static async Task RestoreAsync(Stage stage, CancellationToken cancellationToken)
    {
        var isUp = await stage.Tell.StepAsync("19:03", "One person alone restores it", async () =>
        {
            var answer = await Stage.RestoreAsync(stage.Cast.Supporter, Stage.President, "ERROR", cancellationToken);
            return new Seen(
                answer.Outcome == Outcome.Done && answer.Account.Status == Account.Types.Status.Active,
                $"{Show.Name(answer.Outcome)}: the account is {Show.Name(answer.Account.Status)}");
        });
        if (!isUp)
        {
            return;
        }

        await stage.Tell.StepAsync("21:40", "The first read after it", async () =>
        {
            var started = stage.Clock.GetTimestamp();
            var visit = await stage.VisitAsync(Stage.President, cancellationToken);
            stage.Measured.FirstRead = stage.Clock.GetElapsedTime(started);
            stage.Measured.AfterRestore = visit.Followers;
            return new Seen(
                Stage.IsSameExact(visit.Followers, stage.Before!.Followers),
                $"{Stage.Say(visit.Followers)}, as before");
        });
    }

    // What a visitor learns of an account that is not shown, without its own number; null where it is shown.
    private static async Task<string?> AnswerAsync(Stage stage, long id, CancellationToken cancellationToken)
    {
        try
        {
            await stage.VisitAsync(id, cancellationToken);
            return null;
        }
        catch (AccountGridException e) when (e.Code == StatusCode.NotFound)
        {
            return $"{e.Reason}. {e.Message}".Replace($"{id}", "N", StringComparison.Ordinal);
        }
    }
}
