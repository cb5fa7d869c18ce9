using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Shows what a store keeps beside the journals, for a comparison with them, in short reads. Everything comes exactly
/// as stored. Implementations are thread-safe.
/// </summary>
public interface IDerivedSource
{
    /// <summary>
    /// Entries with their budget marks, by stream ordinally and sequence, behind a place, at most
    /// <paramref name="max"/>.
    /// </summary>
    /// <param name="stream">The name of the stream of the place; empty = from the first one.</param>
    /// <param name="sequence">The sequence of the place.</param>
    /// <param name="max">1 or more.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    /// <exception cref="JournalDamagedException">A row cannot be an entry at all.</exception>
    Task<ImmutableArray<MarkedEntry>> ReadAsync(
        string stream, long sequence, int max, CancellationToken cancellationToken);

    /// <summary>The index rows of streams; a stream that has none is not among them.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task<ImmutableDictionary<StreamId, IndexColumns>> ReadRowsAsync(
        IReadOnlyCollection<StreamId> streams, CancellationToken cancellationToken);
}
