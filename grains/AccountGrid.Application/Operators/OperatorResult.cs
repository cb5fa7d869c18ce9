using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What came of an operator command.</summary>
/// <param name="View">The operator after it.</param>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="ProposalSequence">The proposal opened or acted on.</param>
public sealed record OperatorResult(
    OperatorView View, Refusal? Refusal, Outcome Outcome, long? ProposalSequence)
{
    /// <summary>
    /// The operator as it would be, where the command was only validated and would not be refused; the view is then
    /// that of now.
    /// </summary>
    public OperatorView? After { get; init; }
}
