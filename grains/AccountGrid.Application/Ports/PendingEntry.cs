using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// An entry to append, with the budget mark that stores keep beside it (derived from it, not part of the hash).
/// </summary>
/// <param name="Entry">The entry.</param>
/// <param name="Harm">Whose budget it counts against, where it harms.</param>
public sealed record PendingEntry(JournalEntry Entry, HarmMark? Harm);
