namespace AccountGrid.Domain;

/// <summary>A harmful action that waits for its second person or for its time.</summary>
/// <param name="Sequence">The journal sequence that opened it; with the account, its id.</param>
/// <param name="State"><see cref="ProposalState.Open"/> or <see cref="ProposalState.Scheduled"/>.</param>
/// <param name="Action">Exactly what would be done.</param>
/// <param name="Digest">
/// SHA-256 over account, proposer and action, in lower-case hex; an approver may send it back.
/// </param>
/// <param name="Shown">The impact that the proposer saw.</param>
/// <param name="ProposedBy">The first person (or the service that speaks for the owner).</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="ApprovedBy">The second person, once approved.</param>
/// <param name="StateVersion">
/// The account's state version that it is bound to; a movement of the owner's hold takes it along.
/// </param>
/// <param name="DueAt">
/// When it expires (<see cref="ProposalState.Open"/>) or fires (<see cref="ProposalState.Scheduled"/>).
/// </param>
public sealed record Proposal(
    long Sequence, ProposalState State, HarmAction Action, string Digest, Impact Shown, Actor ProposedBy,
    DateTimeOffset ProposedAt,
    OperatorId? ApprovedBy, long StateVersion, DateTimeOffset DueAt)
{
    /// <summary>Whether it is an action of staff, not of the owner.</summary>
    internal bool IsStaffs => Action.Kind != HarmKind.OwnerDeactivate;
}
