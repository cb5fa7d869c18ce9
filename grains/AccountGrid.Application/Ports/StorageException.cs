namespace AccountGrid.Application;

/// <summary>A store failed. The command that met it fails; nothing else is taken down.</summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>Names the failed operation and the cause.</summary>
    public StorageUnavailableException(string message, Exception? inner, bool isTransient, bool outcomeUnknown)
        : base(message, inner)
    {
        IsTransient = isTransient;
        OutcomeUnknown = outcomeUnknown;
    }

    /// <summary>Whether the same call may succeed a little later (busy, full disk made free) rather than needing an engineer.</summary>
    public bool IsTransient { get; }

    /// <summary>Whether the write may have become durable all the same. The caller retries with the same request id.</summary>
    public bool OutcomeUnknown { get; }
}

/// <summary>A bounded queue is full; nothing was done.</summary>
public sealed class StorageOverloadedException(string what, TimeSpan retryAfter) : Exception($"{what} is full.")
{
    /// <summary>Which queue.</summary>
    public string What { get; } = what;

    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A stored event or snapshot is of a type or version that this program does not know: it was written by a newer one, or is damaged.</summary>
public sealed class UnknownFormatException(string what) : Exception($"Unknown format: {what}.");

/// <summary>A journal does not fold: an entry is missing, doubled or impossible. The account is out of service; an alert is due.</summary>
public sealed class JournalDamagedException(string message, Exception? inner = null) : Exception(message, inner);
