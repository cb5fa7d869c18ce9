using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What came of a command on the policy record.</summary>
/// <param name="State">The record after it.</param>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="ProposalSequence">The proposal opened or acted on.</param>
public sealed record PolicyResult(PolicyState State, Refusal? Refusal, Outcome Outcome, long? ProposalSequence)
{
    /// <summary>
    /// The record as it would be, where the command was only validated and would not be refused; the state is then that
    /// of now.
    /// </summary>
    public PolicyState? After { get; init; }
}
