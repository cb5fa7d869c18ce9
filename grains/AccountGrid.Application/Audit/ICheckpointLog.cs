namespace AccountGrid.Application;

/// <summary>
/// The checkpoints kept outside the store, where whoever can rewrite the store cannot reach them: a file on another disk, a write-once
/// bucket. A checkpoint is written here before it is written into the store, so every checkpoint of the store is always here too.
/// </summary>
public interface ICheckpointLog
{
    /// <summary>
    /// Adds the next checkpoint and returns once it is durable. Another writer that was faster gives <see cref="AppendResult.Conflict"/>; then nothing is written.
    /// </summary>
    /// <exception cref="CheckpointLogDamagedException">The log's end cannot be read, so nothing may follow it.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    Task<AppendResult> AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>The last checkpoint, or <c>null</c>.</summary>
    /// <exception cref="CheckpointLogDamagedException">It cannot be read.</exception>
    Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken);

    /// <summary>Every checkpoint in the order in which it was written, exactly as stored, tampered ones included.</summary>
    /// <exception cref="CheckpointLogDamagedException">A line cannot be read.</exception>
    IAsyncEnumerable<Checkpoint> ReadAllAsync(CancellationToken cancellationToken);
}

/// <summary>The log outside the store holds something that is no checkpoint.</summary>
/// <param name="line">The line, from 1; 0 where only the end was read.</param>
/// <param name="why">What is wrong with it.</param>
public sealed class CheckpointLogDamagedException(long line, string why)
    : Exception(line > 0 ? $"Line {line} of the checkpoint log is damaged: {why}." : $"The end of the checkpoint log is damaged: {why}.")
{
    /// <summary>The line, from 1; 0 where only the end was read.</summary>
    public long Line { get; } = line;
}
