namespace AccountGrid.Application;

/// <summary>An entry at its place, with its budget mark.</summary>
/// <param name="Position">As in <see cref="CommittedEntry.Position"/>.</param>
/// <param name="Pending">The entry and its mark.</param>
public readonly record struct LoadedEntry(long Position, PendingEntry Pending);
