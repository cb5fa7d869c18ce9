namespace AccountGrid.Application;

/// <summary>The log outside the store holds something that is no checkpoint.</summary>
/// <param name="line">The line, from 1; 0 where only the end was read.</param>
/// <param name="why">What is wrong with it.</param>
public sealed class CheckpointLogDamagedException(long line, string why)
    : Exception(line > 0
        ? $"Line {line} of the checkpoint log is damaged: {why}."
        : $"The end of the checkpoint log is damaged: {why}.")
{
    /// <summary>The line, from 1; 0 where only the end was read.</summary>
    public long Line { get; } = line;
}
