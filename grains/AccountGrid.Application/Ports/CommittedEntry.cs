using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>An entry with its place in commit order.</summary>
/// <param name="Position">
/// Assigned in commit order over all streams: from 1, gap-free (checkpoints count by it), and no entry ever appears
/// below a position that a reader has seen.
/// </param>
/// <param name="Entry">The entry.</param>
public sealed record CommittedEntry(long Position, JournalEntry Entry)
{
    /// <summary>
    /// The MAC beside the entry, as stored: see <see cref="JournalMacs"/>. Empty where there is none. No part of the
    /// hash.
    /// </summary>
    public ReadOnlyMemory<byte> Mac { get; init; }
}
