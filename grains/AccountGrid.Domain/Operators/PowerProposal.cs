namespace AccountGrid.Domain;

/// <summary>A change of power that waits for its second admin or for the end of its cool-off.</summary>
/// <param name="Sequence">The journal sequence that opened it; with the operator, its id.</param>
/// <param name="State"><see cref="ProposalState.Open"/> or <see cref="ProposalState.Scheduled"/>.</param>
/// <param name="Change">Exactly what would be done.</param>
/// <param name="Digest">
/// SHA-256 over operator, proposer, change and power version, in lower-case hex; an approver may send it back.
/// </param>
/// <param name="ProposedBy">The first admin.</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="ApprovedBy">The second admin, once approved.</param>
/// <param name="PowerVersion">The power version of the record that it is bound to.</param>
/// <param name="DueAt">
/// When it expires (<see cref="ProposalState.Open"/>) or takes effect (<see cref="ProposalState.Scheduled"/>).
/// </param>
public sealed record PowerProposal(
    long Sequence, ProposalState State, PowerChange Change, string Digest, OperatorId ProposedBy,
    DateTimeOffset ProposedAt, OperatorId? ApprovedBy, long PowerVersion, DateTimeOffset DueAt);
