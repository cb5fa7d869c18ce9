using AccountGrid.Application;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace AccountGrid.Grains;

/// <summary>
/// The snapshots of this silo's accounts in Orleans' grain storage. A snapshot is never the truth, so a storage that
/// cannot be read looks empty and keeps no account from activating. Writes pass one at a time per silo and leave the
/// grain's thread, because an ADO.NET provider may block the thread, and of two writers on SQLite one waits for the
/// other. Thread-safe.
/// </summary>
/// <param name="storage">The grain storage.</param>
/// <param name="log">Where unreadable snapshots are named.</param>
public sealed partial class SnapshotStore(IGrainStorage storage, ILogger<SnapshotStore> log) : IDisposable
{
    private const string StateName = "snapshot";
    private readonly SemaphoreSlim _oneWriter = new(1, 1);

    /// <summary>
    /// The snapshot of an account and its version in the storage; both <c>null</c> where there is none, or none can be
    /// read.
    /// </summary>
    public async Task<(AccountSnapshot? Snapshot, string? ETag)> ReadAsync(GrainId account)
    {
        var state = new GrainState<AccountSnapshotState>(new());
        try
        {
            await storage.ReadStateAsync(StateName, account, state);
            return (state is { RecordExists: true, State: { } there } ? there.ToSnapshot() : null, state.ETag);
        }
#pragma warning disable CA1031 // Whatever the provider throws, the journal is there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Unreadable(log, e, account);
            return (null, null);
        }
    }

    /// <summary>
    /// Writes a snapshot. Where another activation of the account wrote one meanwhile, the later of the two stays.
    /// </summary>
    /// <param name="account">The account's grain.</param>
    /// <param name="snapshot">What to write.</param>
    /// <param name="etag">
    /// The version that the storage had when this activation last read or wrote it; <c>null</c> = none.
    /// </param>
    /// <returns>The version that the storage has now.</returns>
    /// <exception cref="InconsistentStateException">
    /// Another activation wrote again between reading its version and writing.
    /// </exception>
    /// <exception cref="Exception">
    /// Any other failure of the storage provider: nothing was written, as far as is known.
    /// </exception>
    public async Task<string?> WriteAsync(GrainId account, AccountSnapshot snapshot, string? etag)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        await _oneWriter.WaitAsync();
        try
        {
            return await Task.Run(() => WriteOverOlderAsync(account, snapshot, etag));
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _oneWriter.Dispose();

    private async Task<string?> WriteOverOlderAsync(GrainId account, AccountSnapshot snapshot, string? etag)
    {
        try
        {
            return await WriteVersionAsync(account, snapshot, etag);
        }
        catch (InconsistentStateException)
        {
            var (there, version) = await ReadAsync(account);
            return there?.Version > snapshot.Version ? version : await WriteVersionAsync(account, snapshot, version);
        }
    }

    private async Task<string?> WriteVersionAsync(GrainId account, AccountSnapshot snapshot, string? etag)
    {
        var state = new GrainState<AccountSnapshotState>(AccountSnapshotState.Of(snapshot), etag)
        {
            RecordExists = etag is not null,
        };
        await storage.WriteStateAsync(StateName, account, state);
        return state.ETag;
    }

    [LoggerMessage(
        2020, LogLevel.Warning, "The snapshot of {Grain} could not be read; its journal is read from the beginning.")]
    private static partial void Unreadable(ILogger logger, Exception exception, GrainId grain);
}
