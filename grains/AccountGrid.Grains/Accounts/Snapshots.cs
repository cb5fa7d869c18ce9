using AccountGrid.Application;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace AccountGrid.Grains;

/// <summary>
/// Keeps an account's snapshot in grain storage, off the path of any command. A write that fails costs a slower start one day and nothing else.
/// Runs on its grain's scheduler; one write at a time.
/// </summary>
internal sealed partial class Snapshots(
    IPersistentState<AccountSnapshotState> storage, AccountProcessor processor, TimeProvider clock, ILogger log)
{
    /// <summary>Entries since the last snapshot that make one worth its write when the activation ends: reading fewer is as fast.</summary>
    public const int WorthKeeping = 8;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);
    private Task _write = Task.CompletedTask;
    private long? _failedAt;

    /// <summary>Begins a write if one is due; waits for nothing.</summary>
    public void WriteIfDue()
    {
        if (processor.SnapshotDue && _write.IsCompleted && (_failedAt is not { } failed || clock.GetElapsedTime(failed) >= PauseAfterFailure))
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
            storage.State = new();
        }
    }

    private async Task ReadVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage.ReadStateAsync(cancellationToken);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failedAt = clock.GetTimestamp();
            Failed(log, e, processor.Id.Value);
        }
    }

    [LoggerMessage(2010, LogLevel.Warning, "The snapshot of account {Account} was not written; it will start from an older one.")]
    private static partial void Failed(ILogger logger, Exception exception, long account);
}
