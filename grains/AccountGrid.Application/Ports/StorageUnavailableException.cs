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

    /// <summary>
    /// Whether the same call may succeed a little later (busy, full disk made free) rather than needing an engineer.
    /// </summary>
    public bool IsTransient { get; }

    /// <summary>
    /// Whether the write may have become durable all the same. The caller retries with the same request id.
    /// </summary>
    public bool OutcomeUnknown { get; }
}
