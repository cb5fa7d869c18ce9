using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// An entry to append, with the budget mark that stores keep beside it (derived from it, not part of the hash).
/// </summary>
/// <param name="Entry">The entry.</param>
/// <param name="Harm">The budget that it counts against; <c>null</c> where it harms no account.</param>
public sealed record PendingEntry(JournalEntry Entry, BudgetMark? Harm)
{
    /// <summary>The MAC to keep beside the entry: see <see cref="JournalMacs"/>. Empty = none.</summary>
    public ReadOnlyMemory<byte> Mac { get; init; }
}
