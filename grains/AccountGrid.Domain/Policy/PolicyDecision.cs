using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What comes of a command on the policy record.</summary>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
/// <param name="Events">To append; a recorded refusal has one too.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="ProposalSequence">The proposal opened or acted on.</param>
public sealed record PolicyDecision(
    Refusal? Refusal, ImmutableArray<PolicyEvent> Events, Outcome Outcome = Outcome.Done,
    long? ProposalSequence = null);
