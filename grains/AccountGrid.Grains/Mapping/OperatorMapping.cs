using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Maps operators and their authority to what callers get.</summary>
internal static class OperatorMapping
{
    public static OperatorReply ToReply(this OperatorResult result, DateTimeOffset now) => new(
        result.View.State.Version > 0 ? result.View.ToInfo(now) : null, result.Refusal?.ToInfo())
    {
        Outcome = result.Outcome,
        ProposalSequence = result.ProposalSequence,
        After = result.After?.ToInfo(now),
    };

    public static ActionInfo ToAction(this OperatorResult preview, string name) => new(
        name, preview.Outcome,
        preview is { Outcome: Outcome.Pending, After.State.Proposal.State: ProposalState.Open }, null,
        preview.Refusal?.ToInfo());

    public static OperatorInfo ToInfo(this OperatorView view, DateTimeOffset now) => new(
        view.State.Id.Value, view.State.DisplayName, view.State.Roles, view.Standing, view.State.AuthorityEndsAt,
        view.State.Version,
        view.HarmsInWindow, view.ReachInWindow, view.State.FreezePending)
    {
        PersonId = view.State.PersonId.Length > 0 ? view.State.PersonId : null,
        PowerVersion = view.State.PowerVersion,
        Proposal = view.State.Proposal is { } proposal ? ToInfo(view.State.Id, proposal) : null,
        MustFreeze = view.State.MustFreezeAt(now),
    };

    private static PowerProposalInfo ToInfo(OperatorId person, PowerProposal proposal) => new(
        person.Value, proposal.Sequence, proposal.State, proposal.Change.Kind, proposal.Change.Roles,
        proposal.Change.DisplayName, proposal.Change.AuthorityEndsAt, proposal.Change.PersonId, proposal.Change.Note,
        proposal.Digest, proposal.ProposedBy.Value, proposal.ProposedAt, proposal.ApprovedBy?.Value, proposal.DueAt);

    public static AuthorityInfo ToInfo(this AuthorityAnswer answer) =>
        new(answer.Authority.Standing, answer.Authority.Roles, answer.Authority.Budget?.ToInfo(), answer.Reservation)
        {
            SupportSince = answer.Authority.Since.Support,
            ApproverSince = answer.Authority.Since.Approver,
            AuditorSince = answer.Authority.Since.Auditor,
            AdminSince = answer.Authority.Since.Admin,
            PersonId = answer.Authority.PersonId.Length > 0 ? answer.Authority.PersonId : null,
            Left = answer.Left?.ToInfo(),
        };

    public static BudgetLeftInfo ToInfo(this BudgetLeft left) => new(left.Harms, left.Reach);

    public static BudgetLeft ToLeft(this BudgetLeftInfo info) => new(info.Harms, info.Reach);

    public static AuthorityInfo ToInfo(this Authority authority) => new AuthorityAnswer(authority, null).ToInfo();

    public static AuthorityAnswer ToAnswer(this AuthorityInfo info, OperatorId person) =>
        new(
            new Authority(
                person, info.Standing, info.Roles, info.Budget?.ToRefusal(),
                new(info.SupportSince, info.ApproverSince, info.AuditorSince, info.AdminSince), info.PersonId ?? ""),
            info.Reservation)
        {
            Left = info.Left?.ToLeft(),
        };

    /// <summary>The system itself, where a grain acts without a caller.</summary>
    public static CallerInfo System { get; } = new(Actor.System.Kind, Actor.System.Subject, Roles.None);
}
