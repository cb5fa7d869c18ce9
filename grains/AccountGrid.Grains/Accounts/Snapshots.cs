using AccountGrid.Application;
using Microsoft.Extensions.Logging;
using Orleans.Core;
using Orleans.Storage;

namespace AccountGrid.Grains;

/// <summary>
/// Keeps an account's snapshot in grain storage, off the path of any command. A write that fails costs a slower start one day and nothing else.
/// Made when there is something to read or to write, and kept where there was: it remembers the version that the storage has.
/// Runs on its grain's scheduler; one write at a time.
/// </summary>
internal sealed partial class Snapshots(
    IStorage<AccountSnapshotState> storage, AccountProcessor processor, TimeProvider clock, ILogger log)
{
    /// <summary>Entries since the last snapshot that make one worth its write when the activation ends: reading fewer is as fast.</summary>
    public const int WorthKeeping = 8;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);
    private Task _write = Task.CompletedTask;
    private long? _failedAt;

    /// <summary>The snapshot that is there, or <c>null</c>.</summary>
    public async Task<AccountSnapshot?> ReadAsync(CancellationToken cancellationToken)
    {
        await storage.ReadStateAsync(cancellationToken);
        var snapshot = storage.RecordExists ? storage.State.ToSnapshot() : null;
        Forget();
        return snapshot;
    }

    /// <summary>Begins a write, unless one is under way or failed lately; waits for nothing.</summary>
    public void BeginWrite()
    {
        if (_write.IsCompleted && (_failedAt is not { } failed || clock.GetElapsedTime(failed) >= PauseAfterFailure))
        {
            _write = WriteAsync(CancellationToken.None);
        }
    }

    /// <summary>At the end of the activation: waits for a write under way and keeps what came after it, if that is worth it.</summary>
    public async Task WriteLastAsync(CancellationToken cancellationToken)
    {
        await _write;
        if (processor.EntriesSinceSnapshot >= WorthKeeping)
        {
            await WriteAsync(cancellationToken);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        // The command that made it due is answered first.
        await Task.Yield();
        try
        {
            storage.State = AccountSnapshotState.Of(processor.CaptureSnapshot());
            await storage.WriteStateAsync(cancellationToken);
            _failedAt = null;
        }
        catch (InconsistentStateException e)
        {
            // Another activation wrote one. Its version is what the next write must know.
            Failed(log, e, processor.Id.Value);
            await ReadVersionAsync(cancellationToken);
        }
#pragma warning disable CA1031 // Whatever the storage provider throws: a snapshot is never worth failing anything for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failedAt = clock.GetTimestamp();
            Failed(log, e, processor.Id.Value);
        }
        finally
        {
            Forget();
        }
    }

    private async Task ReadVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failedAt = clock.GetTimestamp();
            Failed(log, e, processor.Id.Value);
        }
    }

    /// <summary>Its text is as large as the account itself, and is not read again.</summary>
    private void Forget() => storage.State = new();

    [LoggerMessage(2010, LogLevel.Warning, "The snapshot of account {Account} was not written; it will start from an older one.")]
    private static partial void Failed(ILogger logger, Exception exception, long account);
}
