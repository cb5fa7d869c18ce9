namespace AccountGrid.Application;

/// <summary>
/// The checkpoints kept outside the store, where a writer to the store cannot reach them: a file on another disk, a
/// write-once bucket. A checkpoint is written here before it is written into the store, so every checkpoint of the
/// store is always here too.
/// </summary>
public interface ICheckpointLog
{
    /// <summary>
    /// Adds the next checkpoint and returns once it is durable. Another writer that was faster gives
    /// <see cref="AppendResult.Conflict"/>; then nothing is written.
    /// </summary>
    /// <exception cref="CheckpointLogDamagedException">
    /// The log's end cannot be read, so nothing may follow it.
    /// </exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    Task<AppendResult> AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>The last checkpoint, or <c>null</c>.</summary>
    /// <exception cref="CheckpointLogDamagedException">It cannot be read.</exception>
    Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Every checkpoint in the order in which it was written, exactly as stored, tampered ones included.
    /// </summary>
    /// <exception cref="CheckpointLogDamagedException">A line cannot be read.</exception>
    IAsyncEnumerable<Checkpoint> ReadAllAsync(CancellationToken cancellationToken);
}
