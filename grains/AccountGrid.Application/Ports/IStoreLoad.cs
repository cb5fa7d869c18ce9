namespace AccountGrid.Application;

/// <summary>
/// Fills an empty store with what another one held, positions included: one transaction, of which nothing is there
/// before <see cref="CommitAsync"/> and everything after it. Used by one caller; disposing without a commit leaves the
/// store empty. What a store keeps in memory is not told: open it anew afterwards.
/// </summary>
public interface IStoreLoad : IAsyncDisposable
{
    /// <summary>Adds entries, each at the position that it had.</summary>
    /// <exception cref="StorageUnavailableException">The store failed, or two entries claim one place.</exception>
    Task AddEntriesAsync(IReadOnlyList<LoadedEntry> entries, CancellationToken cancellationToken);

    /// <summary>Adds index rows, each stream's once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddIndexAsync(IReadOnlyList<StreamIndexRow> rows, CancellationToken cancellationToken);

    /// <summary>Adds counts, each account's once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddCountsAsync(IReadOnlyList<LoadedCount> counts, CancellationToken cancellationToken);

    /// <summary>Adds follow edges, each once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddEdgesAsync(IReadOnlyList<LoadedEdge> edges, CancellationToken cancellationToken);

    /// <summary>Adds checkpoints, ascending.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddCheckpointsAsync(IReadOnlyList<Checkpoint> checkpoints, CancellationToken cancellationToken);

    /// <summary>Makes it durable, all at once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task CommitAsync(CancellationToken cancellationToken);
}
