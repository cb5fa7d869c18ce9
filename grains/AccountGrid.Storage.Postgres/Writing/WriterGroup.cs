using AccountGrid.Application;

namespace AccountGrid.Storage.Postgres;

/// <summary>The queue of one kind of operation, and the writers that work it off. Thread-safe.</summary>
internal sealed class WriterGroup<TOperation, TResult>(
    string name, string title, WriteQueue<TOperation> queue, IReadOnlyList<Writer<TOperation>> writers, TimeSpan retryAfter, StorageDiagnostics diagnostics)
    where TOperation : WriteOperation<TResult>
{
    /// <summary>Hands an operation to the writers.</summary>
    /// <exception cref="StorageOverloadedException">The queue is full.</exception>
    public Task<TResult> WriteAsync(TOperation operation)
    {
        if (queue.TryAdd(operation))
        {
            return operation.Task;
        }

        diagnostics.Refused(name);
        throw new StorageOverloadedException(title, retryAfter);
    }

    /// <summary>Writes what waits, then closes the connections.</summary>
    public Task CloseAsync()
    {
        queue.Close();
        return Task.WhenAll(writers.Select(static w => w.Stopped));
    }
}
