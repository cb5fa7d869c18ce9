using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 8: the token of a service is in the wrong hands, and support brings back what it took down.</summary>
internal static class StolenToken
{
    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        tell.Act("8. A stolen token");
        await tell.StepAsync("", "With it the protected account is not taken down alone", async () =>
        {
            var answer = await OwnerDownAsync(stage, Stage.President, cancellationToken);
            var request = new WithdrawProposalRequest { Id = answer.Proposal?.Id ?? "" };
            await cast.Network.Api.Proposals.WithdrawAsync(request, cancellationToken);
            return new Seen(
                answer.Outcome == Outcome.Pending && answer.Account.Status == Account.Types.Status.Active,
                $"{Show.Name(answer.Outcome)}: it waits for a person, and is withdrawn");
        });
        await tell.StepAsync("", "It shows no person, note or proposal", async () =>
        {
            var seen = await cast.Network.Api.Accounts.GetAsync(Stage.President, cancellationToken: cancellationToken);
            return new Seen(
                seen.Protection is null && seen.OpenProposal is null && seen.Tier == Account.Types.Tier.Protected,
                $"{Show.Name(seen.Status)} and {Show.Name(seen.Tier)}, and not who answers for it");
        });
        var three = stage.Small.Skip(2).ToArray();
        Timestamp? since = null;
        await tell.StepAsync("", "Three small accounts are taken down in their owners' names", async () =>
        {
            var answers = new List<DeactivateAccountResponse>();
            foreach (var id in three)
            {
                answers.Add(await OwnerDownAsync(stage, id, cancellationToken));
            }

            since = answers[0].Account.Holds.FirstOrDefault()?.At;
            return new Seen(
                answers.All(a => a.Outcome == Outcome.Done && a.Account.Status == Account.Types.Status.Deactivated),
                string.Join(", ", answers.Select(a => $"{a.Account.Id} {Show.Name(a.Account.Status)}")));
        });
        if (since is null)
        {
            return;
        }

        await tell.StepAsync("", "Support undoes what that service took down since", async () =>
        {
            var request = new UndoServiceRequest { Id = cast.Network.Id, Since = since, Note = "stolen token" };
            var answer = await cast.Agent.Api.Operators.UndoServiceAsync(request, cancellationToken);
            var accounts = await Task.WhenAll(three.Select(id => stage.AccountAsync(id, cancellationToken)));
            return new Seen(
                answer.RestoredIds.SequenceEqual(three) && answer.Failures.Count == 0
                    && accounts.All(a => a.Status == Account.Types.Status.Active && a.Followers.Count == 100),
                $"{answer.RestoredIds.Count} restored, all ACTIVE with their 100 followers");
        });
    }

    private static Task<DeactivateAccountResponse> OwnerDownAsync(
        Stage stage, long id, CancellationToken cancellationToken)
    {
        var request = new DeactivateAccountRequest { Id = id, Reason = "OWNER_REQUEST", Owner = true };
        return stage.Cast.Network.Api.Accounts.DeactivateAsync(request, cancellationToken);
    }
}
