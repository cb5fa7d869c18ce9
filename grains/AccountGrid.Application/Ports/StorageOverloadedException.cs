namespace AccountGrid.Application;

/// <summary>A bounded queue is full; nothing was done.</summary>
public sealed class StorageOverloadedException(string what, TimeSpan retryAfter) : Exception($"{what} is full.")
{
    /// <summary>The queue that is full, as errors name it.</summary>
    public string What { get; } = what;

    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
