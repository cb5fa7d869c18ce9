using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>The settings of the SQLite store. Immutable.</summary>
public sealed record SqliteStorageOptions : StoreOptions
{
    /// <summary>
    /// The directory of the database and its lock file; made if it is absent. One process at a time. Required.
    /// </summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Connections that read at the same time, each on a thread of its own while it does. 1 to 64; default 4.
    /// </summary>
    public override int Readers { get; init; } = 4;

    /// <summary>
    /// Page cache of the writer, in bytes. 1 MiB to 4 GiB; default 64 MiB: a batch of 10,000 scattered follow edges.
    /// </summary>
    public long WriterCacheBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Pages (4 KiB) in the write-ahead log after which it is copied into the database. 100 to 1,000,000; default 8,000
    /// (32 MB): a larger log copies a page that changes often less often, a smaller one recovers faster after a crash.
    /// </summary>
    public int CheckpointPages { get; init; } = 8_000;

    /// <summary>
    /// How long to wait for a lock that another tool holds, such as a backup. 0 to 1 minute; default 5 seconds.
    /// </summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override void Check(SettingCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.That(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "must name a directory");
        base.Check(check);
        check.In(Readers, 1, 64, nameof(Readers));
        check.In(WriterCacheBytes, 1L << 20, 4L << 30, nameof(WriterCacheBytes));
        check.In(CheckpointPages, 100, 1_000_000, nameof(CheckpointPages));
        check.In(BusyTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(BusyTimeout));
    }
}
