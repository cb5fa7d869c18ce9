namespace AccountGrid.Storage.Postgres;

/// <summary>The queue of one kind of operation, and the writers that empty it. Thread-safe.</summary>
internal sealed class WriterGroup<TOperation, TResult>(
    StoreQueue name, WriteQueue<TOperation> queue, IReadOnlyList<Writer<TOperation>> writers, TimeSpan retryAfter,
    StorageDiagnostics diagnostics)
    where TOperation : WriteOperation<TResult>, IKeyedWrite
{
    /// <summary>Hands an operation to the writers.</summary>
    /// <exception cref="Application.StorageOverloadedException">The queue is full.</exception>
    public Task<TResult> WriteAsync(TOperation operation) =>
        queue.TryAdd(operation) ? operation.Task : throw diagnostics.Refuse(name, retryAfter);

    /// <summary>Writes what waits, then closes the connections.</summary>
    public Task CloseAsync()
    {
        queue.Close();
        return Task.WhenAll(writers.Select(static w => w.Stopped));
    }
}
