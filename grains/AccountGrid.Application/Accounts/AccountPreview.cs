using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What a command would come to if it were sent now. Nothing was written or reserved for it.</summary>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="View">The account now.</param>
/// <param name="Refusal">The reason, where the command would be refused.</param>
public sealed record AccountPreview(Outcome Outcome, AccountView View, Refusal? Refusal)
{
    /// <summary>
    /// The account as it would be, with versions that may become those of other changes; <c>null</c> where the command
    /// would be refused.
    /// </summary>
    public AccountView? After { get; init; }

    /// <summary>The proposal that would be opened or acted on.</summary>
    public long? ProposalSequence { get; init; }

    /// <summary>
    /// What is left of the budget that would pay, before the command; <c>null</c> where it would cost nothing at once.
    /// </summary>
    public BudgetLeft? Left { get; init; }
}
