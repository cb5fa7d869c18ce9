using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace AccountGrid.Grains;

/// <summary>
/// The grain storage that snapshots use, in front of a real one. A snapshot is never the truth, so a store of them that cannot be read looks empty
/// instead of keeping accounts from activating. Writes pass one at a time per silo and leave the grain's thread: an ADO.NET provider may
/// block on both counts. Thread-safe.
/// </summary>
public sealed partial class SnapshotStorage(IGrainStorage inner, ILogger<SnapshotStorage> log) : IGrainStorage, IDisposable
{
    /// <summary>The name by which grains ask for it.</summary>
    public const string Name = "snapshots";

    private readonly SemaphoreSlim _oneWriter = new(1, 1);

    /// <inheritdoc />
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await inner.ReadStateAsync(stateName, grainId, grainState);
        }
#pragma warning disable CA1031 // Whatever the provider throws, the journal is there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Unreadable(log, e, grainId);
            grainState.RecordExists = false;
        }
    }

    /// <inheritdoc />
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        OneAtATimeAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc />
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        OneAtATimeAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));

    /// <inheritdoc />
    public void Dispose() => _oneWriter.Dispose();

    private async Task OneAtATimeAsync(Func<Task> write)
    {
        await _oneWriter.WaitAsync();
        try
        {
            await Task.Run(write);
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    [LoggerMessage(2020, LogLevel.Warning, "The snapshot of {Grain} could not be read; its journal is read from the beginning.")]
    private static partial void Unreadable(ILogger logger, Exception exception, GrainId grain);
}
