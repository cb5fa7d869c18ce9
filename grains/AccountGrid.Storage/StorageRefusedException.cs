namespace AccountGrid.Storage;

/// <summary>
/// A database was refused when it was opened, and left exactly as it was. The message names it, never its credentials,
/// and says what to do.
/// </summary>
public sealed class StorageRefusedException(StorageRefusal refusal, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public StorageRefusal Refusal { get; } = refusal;
}
