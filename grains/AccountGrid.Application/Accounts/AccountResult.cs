using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What came of a command.</summary>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="View">The account after it.</param>
/// <param name="ProposalSequence">The proposal that was opened or acted on.</param>
/// <param name="Refusal">The reason, where the command was refused.</param>
public sealed record AccountResult(Outcome Outcome, AccountView View, long? ProposalSequence, Refusal? Refusal)
{
    /// <summary>
    /// Whether the refusal stands in the journal under its request id, so that no attempt with that id is ever done.
    /// </summary>
    public bool IsFinal { get; init; }

    internal static AccountResult Refused(AccountView view, Refusal refusal, long? proposalSequence = null) =>
        new(Outcome.Refused, view, proposalSequence, refusal);
}
