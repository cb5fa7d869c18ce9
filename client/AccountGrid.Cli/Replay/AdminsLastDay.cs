using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 7: an admin whose authority ends today tries to make two people of one.</summary>
internal static class AdminsLastDay
{
    private static readonly TimeSpan RestOfShift = TimeSpan.FromMinutes(30);

    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        tell.Act("7. An admin's last day");
        await tell.MustAsync("", "Another admin ends the first one's authority with today's shift", async () =>
        {
            await cast.SecondAdmin.Api.Operators.GetAsync(cast.SecondAdmin.Id, cancellationToken);
            var request = new OffboardOperatorRequest
            {
                Id = cast.Admin.Id,
                AuthorityEndsAt = Timestamp.FromDateTimeOffset(stage.Clock.GetUtcNow() + RestOfShift),
            };
            var leaver = (await cast.SecondAdmin.Api.Operators.OffboardAsync(request, cancellationToken)).Operator;
            return new Seen(
                leaver.Standing == Operator.Types.Standing.Notice,
                $"standing {Show.Name(leaver.Standing)} until {Show.Instant(leaver.AuthorityEndsAt)}");
        });
        await tell.StepAsync("", "The admin prolongs the own authority", () => Stage.RefusedAsync(
            "NOTICE_PERIOD", () => EnrollAsync(cast.Admin, cast.Admin.Id, Role.Admin, cancellationToken)));
        await tell.StepAsync("", "The admin makes a friend an approver", () => Stage.RefusedAsync(
            "NOTICE_PERIOD", () => EnrollAsync(cast.Admin, cast.Friend, Role.Approver, cancellationToken)));
        await TwoAdminsAsync(stage, cancellationToken);
    }

    private static async Task TwoAdminsAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        Proposal? proposal = null;
        await tell.StepAsync("", "The other admin does it, and it waits for a second one", async () =>
        {
            var answer = await EnrollAsync(cast.SecondAdmin, cast.Friend, Role.Approver, cancellationToken);
            proposal = answer.Proposal;
            return new Seen(
                answer.Outcome == Outcome.Pending && answer.Operator is null && proposal is not null,
                $"{Show.Name(answer.Outcome)}: proposal {proposal?.Id}");
        });
        if (proposal is null)
        {
            return;
        }

        await tell.StepAsync("", "The proposer approves it alone", () =>
            Stage.RefusedAsync("SAME_PERSON", () => Stage.ApproveAsync(cast.SecondAdmin, proposal, cancellationToken)));
        await tell.StepAsync("", "The admin who leaves approves it", () =>
            Stage.RefusedAsync("NOTICE_PERIOD", () => Stage.ApproveAsync(cast.Admin, proposal, cancellationToken)));
        await tell.StepAsync("", "The admin who leaves turns it down: that takes one, always", async () =>
        {
            var request = new RejectProposalRequest { Id = proposal.Id, Note = "unknown to me" };
            await cast.Admin.Api.Proposals.RejectAsync(request, cancellationToken);
            var friend = await cast.SecondAdmin.Api.Operators.GetAsync(cast.Friend, cancellationToken);
            return new Seen(
                friend.Roles.Count == 0 && friend.OpenProposal is null,
                $"{friend.Id} has no role, and nothing waits");
        });
    }

    private static Task<EnrollOperatorResponse> EnrollAsync(
        Person by, string id, Role role, CancellationToken cancellationToken) =>
        by.Api.Operators.EnrollAsync(new EnrollOperatorRequest { Id = id, Roles = { role } }, cancellationToken);
}
