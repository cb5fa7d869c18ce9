using AccountGrid.Application;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>
/// Decides when the snapshot of one activation is written: off the path of any command. A write that fails costs a
/// slower start later and nothing else. Runs on its grain's scheduler; one write at a time.
/// </summary>
/// <param name="store">Where it is written.</param>
/// <param name="grain">The account's grain.</param>
/// <param name="processor">What is captured.</param>
/// <param name="etag">The version that the storage had at the activation's start; <c>null</c> = none.</param>
/// <param name="clock">Measures the pause after a failed write.</param>
/// <param name="log">Where failed writes are named.</param>
internal sealed partial class Snapshots(
    SnapshotStore store, GrainId grain, AccountProcessor processor, string? etag, TimeProvider clock, ILogger log)
{
    /// <summary>
    /// Entries since the last snapshot that make one worth its write when the activation ends: reading fewer is as
    /// fast.
    /// </summary>
    public const int WorthKeeping = 8;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);
    private string? _etag = etag;
    private Task _write = Task.CompletedTask;
    private long? _failedAt;

    /// <summary>Begins a write, unless one is under way or failed lately; waits for nothing.</summary>
    public void BeginWrite()
    {
        if (_write.IsCompleted && (_failedAt is not { } failed || clock.GetElapsedTime(failed) >= PauseAfterFailure))
        {
            _write = WriteAsync();
        }
    }

    /// <summary>
    /// At the end of the activation: waits for a write under way and writes what came after it, if that is worth it.
    /// </summary>
    public async Task WriteLastAsync()
    {
        await _write;
        if (processor.EntriesSinceSnapshot >= WorthKeeping)
        {
            await WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        // The command that made it due is answered first.
        await Task.Yield();
        try
        {
            _etag = await store.WriteAsync(grain, processor.CaptureSnapshot(), _etag);
            _failedAt = null;
        }
#pragma warning disable CA1031 // Whatever the storage provider throws: a snapshot is never worth failing anything for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failedAt = clock.GetTimestamp();
            Failed(log, e, processor.Id.Value);
        }
    }

    [LoggerMessage(
        2010, LogLevel.Warning, "The snapshot of account {Account} was not written; it will start from an older one.")]
    private static partial void Failed(ILogger logger, Exception exception, long account);
}
