using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>The errors of a call to a store that no longer accepts any.</summary>
public static class StoreClosed
{
    /// <summary>The store is closing; nothing was done.</summary>
    public static StorageUnavailableException Closing() => New("The store is closing.");

    /// <summary>The store is closed; nothing was done.</summary>
    public static StorageUnavailableException Closed() => New("The store is closed.");

    private static StorageUnavailableException New(string message) =>
        new(message, inner: null, isTransient: true, outcomeUnknown: false);
}
