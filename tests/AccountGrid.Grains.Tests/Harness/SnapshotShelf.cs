using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace AccountGrid.Grains.Tests;

/// <summary>
/// Grain storage in memory that a test can look into, tamper with and break. Versions are checked as the real one
/// checks them. Thread-safe.
/// </summary>
public sealed class SnapshotShelf : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string Json, int Version)> _rows = new();

    /// <summary>What every write fails with.</summary>
    public Exception? WriteFailure { get; set; }

    /// <summary>What every read fails with.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Writes so far.</summary>
    public int Writes { get; private set; }

    /// <summary>The snapshot of an account.</summary>
    public AccountSnapshotState? Of(long account) =>
        _rows.TryGetValue(Key(account), out var row)
            ? JsonSerializer.Deserialize<AccountSnapshotState>(row.Json)
            : null;

    /// <summary>Puts another one in its place, as somebody with access to the file could.</summary>
    public void Tamper(long account, Action<AccountSnapshotState> change)
    {
        var state = Of(account)!;
        change(state);
        _rows[Key(account)] = (JsonSerializer.Serialize(state), _rows[Key(account)].Version);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (ReadFailure is { } failure)
        {
            throw failure;
        }

        if (_rows.TryGetValue(grainId.ToString(), out var row))
        {
            grainState.State = JsonSerializer.Deserialize<T>(row.Json)!;
            grainState.ETag = row.Version.ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (WriteFailure is { } failure)
        {
            throw failure;
        }

        var known = grainState.ETag is { } etag ? int.Parse(etag, CultureInfo.InvariantCulture) : 0;
        lock (_rows)
        {
            if (_rows.GetValueOrDefault(grainId.ToString()).Version != known)
            {
                throw new InconsistentStateException("Another version is there.");
            }

            _rows[grainId.ToString()] = (JsonSerializer.Serialize(grainState.State), known + 1);
            Writes++;
        }

        grainState.ETag = (known + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("Snapshots are never cleared.");

    private static string Key(long account) =>
        GrainId.Create(GrainType.Create("account"), GrainIdKeyExtensions.CreateIntegerKey(account)).ToString();
}
