using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>Keeps checkpoints in the store. The file outside the store is the host's.</summary>
public interface ICheckpointStore
{
    /// <summary>The last checkpoint with the right edge of its Merkle tree, or <c>null</c>.</summary>
    Task<StoredCheckpoint?> ReadLastAsync(CancellationToken cancellationToken);

    /// <summary>Checkpoints below a number, descending, at most <paramref name="max"/>.</summary>
    Task<ImmutableArray<Checkpoint>> ReadBeforeAsync(long number, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the next checkpoint. A second writer of the same number fails with <see cref="AppendResult.Conflict"/>.
    /// </summary>
    Task<AppendResult> AppendAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken);
}
