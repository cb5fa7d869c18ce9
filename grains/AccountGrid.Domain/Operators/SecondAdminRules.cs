using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// What all changes that wait for a second admin have in common, whether of a person's power or of the policy.
/// </summary>
internal static class SecondAdminRules
{
    /// <summary>
    /// The people whose authority must be looked up before deciding: the caller, and the admins behind the pending
    /// proposal where the command acts on it.
    /// </summary>
    public static ImmutableArray<OperatorId> PeopleConcerned(
        Caller caller, OperatorId? proposedBy, OperatorId? approvedBy) =>
        [.. ((OperatorId?[])[caller.Actor.Person, proposedBy, approvedBy]).OfType<OperatorId>().Distinct()];

    /// <summary>
    /// Whether a person may be the second admin: another person than the first one, who saw what is approved and has
    /// been an admin since before it was proposed.
    /// </summary>
    /// <param name="name">The proposal as messages name it.</param>
    /// <param name="waiting">The change that waits.</param>
    /// <param name="approver">An admin now.</param>
    /// <param name="seen">The digest that the approver saw, or empty.</param>
    /// <param name="situation">What else is known.</param>
    public static Refusal? CheckApprover(
        string name, WaitingChange waiting, OperatorId approver, string? seen, OperatorSituation situation)
    {
        if (waiting.State == ProposalState.Scheduled)
        {
            return Refusal.WrongStatus($"Proposal {name} waits for its time only.");
        }

        if (SamePerson.MayBe(
            waiting.ProposedBy, situation.Of(waiting.ProposedBy).PersonId, approver, situation.Of(approver).PersonId))
        {
            return Refusal.SamePerson;
        }

        return seen is { Length: > 0 } && seen != waiting.Digest
            ? Refusal.VersionMismatch("digest", waiting.Digest)
            : situation.Of(approver).HasHeldSince(Roles.Admin, waiting.ProposedAt)
                ? null
                : Refusal.RoleTooNew(approver, Roles.Admin);
    }

    /// <summary>
    /// The person whose lost authority voids the change, as the rest of a sentence, or <c>null</c>: each must have been
    /// an admin ever since the proposal.
    /// </summary>
    public static string? WhoLostAuthority(WaitingChange waiting, bool mayBeInNotice, OperatorSituation situation) =>
        !MayStillAct(waiting.ProposedBy, waiting, mayBeInNotice, situation) ? "the proposer has lost the authority"
        : waiting.ApprovedBy is { } approver && !MayStillAct(approver, waiting, mayBeInNotice, situation)
            ? "the approver has lost the authority"
        : null;

    /// <summary>Whether a proposal is the one that waits; if not, what became of it.</summary>
    public static Refusal? CheckPending(
        string name, long sequence, long? pending, ImmutableArray<ClosedProposal> closedProposals) =>
        pending == sequence ? null
        : closedProposals.FirstOrDefault(p => p.Sequence == sequence) is not { } closed
            ? Refusal.NotFound($"pending proposal {name}")
        : closed.State switch
        {
            ProposalState.Expired => new(RefusalReason.ProposalExpired, $"Proposal {name} has expired."),
            ProposalState.Void => new(
                RefusalReason.ProposalVoid, $"Proposal {name} is void: it was voided before."),
            _ => Refusal.WrongStatus($"Proposal {name} is {closed.State.ToString().ToLowerInvariant()}."),
        };

    /// <summary>Only the proposer takes a proposal back.</summary>
    public static Refusal? CheckWithdrawer(OperatorId proposer, Caller caller) =>
        proposer == caller.Actor.Person
            ? null
            : new Refusal(RefusalReason.ForbiddenRole, "Only the proposer withdraws; others reject.");

    private static bool MayStillAct(
        OperatorId admin, WaitingChange waiting, bool mayBeInNotice, OperatorSituation situation) =>
        situation.Of(admin).HasHeldSince(Roles.Admin, waiting.ProposedAt)
        && (mayBeInNotice || situation.Of(admin).Standing == Standing.Active);
}
