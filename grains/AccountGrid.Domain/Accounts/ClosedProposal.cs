namespace AccountGrid.Domain;

/// <summary>What became of a proposal that is no longer pending.</summary>
/// <param name="Sequence">Its opening sequence.</param>
/// <param name="State">How it ended.</param>
public sealed record ClosedProposal(long Sequence, ProposalState State);
