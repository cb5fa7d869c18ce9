namespace AccountGrid.Domain;

/// <summary>The two admins behind a change of power that took two.</summary>
/// <param name="ProposedBy">The admin who proposed it.</param>
/// <param name="ApprovedBy">The admin who approved it: another person, and neither is the one concerned.</param>
/// <param name="ProposalSequence">The journal sequence of the proposal.</param>
public sealed record Consent(OperatorId ProposedBy, OperatorId ApprovedBy, long ProposalSequence);
