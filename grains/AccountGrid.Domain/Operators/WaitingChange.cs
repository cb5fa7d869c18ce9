namespace AccountGrid.Domain;

/// <summary>What the rules about the second admin look at in a change that waits.</summary>
/// <param name="State"><see cref="ProposalState.Open"/> or <see cref="ProposalState.Scheduled"/>.</param>
/// <param name="Digest">What an approver may send back.</param>
/// <param name="ProposedBy">The first admin.</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="ApprovedBy">The second admin, once approved.</param>
internal readonly record struct WaitingChange(
    ProposalState State, string Digest, OperatorId ProposedBy, DateTimeOffset ProposedAt, OperatorId? ApprovedBy);
