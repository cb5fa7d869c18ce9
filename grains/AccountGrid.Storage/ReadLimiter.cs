using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>
/// Limits the reads of a store. As many run as there are connections, further ones wait in turn, and a read beyond the
/// queue's depth is refused. Existence checks have a smaller depth of their own. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // The semaphore holds nothing to dispose of without its wait handle, and reads may end after closing.
public sealed class ReadLimiter
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _connections;
    private readonly ConcurrencyLimit _reads;
    private readonly ConcurrencyLimit _existenceChecks;

    /// <summary>Makes the limits from the settings; refusals are counted.</summary>
    public ReadLimiter(StoreOptions options, StorageDiagnostics diagnostics)
    {
        _connections = new SemaphoreSlim(options.Readers, options.Readers);
        _reads = new(options.ReadQueueDepth, () => diagnostics.Refuse(StoreQueue.Reads, options.RetryAfter));
        _existenceChecks = new(
            options.ExistsQueueDepth, () => diagnostics.Refuse(StoreQueue.ExistenceChecks, options.RetryAfter));
    }

    /// <summary>Waits for a connection to be free for a read. Dispose of the turn when the read has ended.</summary>
    /// <exception cref="StorageOverloadedException">Too many reads are waiting.</exception>
    public ValueTask<ReadTurn> EnterReadAsync(CancellationToken cancellationToken) =>
        EnterAsync(_reads, cancellationToken);

    /// <summary>Waits for a connection to be free for an existence check.</summary>
    /// <exception cref="StorageOverloadedException">Too many existence checks are waiting.</exception>
    public ValueTask<ReadTurn> EnterExistenceCheckAsync(CancellationToken cancellationToken) =>
        EnterAsync(_existenceChecks, cancellationToken);

    private async ValueTask<ReadTurn> EnterAsync(ConcurrencyLimit limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        limit.Enter();
        try
        {
            await _connections.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new ReadTurn(_connections, limit);
        }
        catch
        {
            limit.Exit();
            throw;
        }
    }
}
