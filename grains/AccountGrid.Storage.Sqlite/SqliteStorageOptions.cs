using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>The settings of the SQLite store. Immutable; checked by <see cref="Validate"/> before anything is opened.</summary>
public sealed record SqliteStorageOptions
{
    /// <summary>The directory of the database and its lock file; made if it is absent. One process at a time. Required.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Appends (and, counted apart, follow batches) that may wait for the writer; the next one is refused as overload. 1 to 1,000,000;
    /// default 8,192, which the writer works off within about a second.
    /// </summary>
    public int WriterQueueDepth { get; init; } = 8_192;

    /// <summary>
    /// Follow changes that may wait for the writer, over all batches, each of which counts as one more. <see cref="Limits.FollowBatch"/> to 100,000,000; default 500,000 (8 MB of memory).
    /// </summary>
    public int FollowQueueChanges { get; init; } = 500_000;

    /// <summary>
    /// Most appends in one transaction; follows are bounded by their rows. 1 to 65,536; default 1,024. Bounds how long the first caller waits for the last.
    /// </summary>
    public int MaxBatch { get; init; } = 1_024;

    /// <summary>Connections that read at the same time, each on a thread of its own while it does. 1 to 64; default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Reads that may be under way or waiting for a connection; the next one is refused as overload. 1 to 1,000,000; default 4,096.</summary>
    public int ReadQueueDepth { get; init; } = 4_096;

    /// <summary>
    /// Existence checks that may be under way or waiting; the next one is refused as overload, so that a storm of unknown ids neither fills
    /// memory nor takes the readers from everybody else. 1 to <see cref="ReadQueueDepth"/>; default 1,024: some 10 ms of work, and several times
    /// what one batch of reads or follows asks at a time, so that a storm is needed to be refused.
    /// </summary>
    public int ExistsQueueDepth { get; init; } = 1_024;

    /// <summary>Audit views open at the same time; each keeps old pages alive. 1 to 16; default 2.</summary>
    public int AuditViews { get; init; } = 2;

    /// <summary>Page cache of the writer, in bytes. 1 MiB to 4 GiB; default 64 MiB, which holds a batch of 10,000 scattered follow edges.</summary>
    public long WriterCacheBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Pages (4 KiB) in the write-ahead log after which it is copied into the database. 100 to 1,000,000; default 8,000 (32 MB): larger
    /// copies a hot page less often, smaller recovers faster after a crash.
    /// </summary>
    public int CheckpointPages { get; init; } = 8_000;

    /// <summary>How long to wait for a lock that somebody else's tool (a backup, say) holds. 0 to 1 minute; default 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What an overloaded queue tells its callers to wait. 1 millisecond to 1 minute; default 1 second.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(DataDirectory))
        {
            throw new ArgumentException($"{nameof(DataDirectory)} must name a directory.", nameof(DataDirectory));
        }

        InRange(WriterQueueDepth, 1, 1_000_000, nameof(WriterQueueDepth));
        InRange(FollowQueueChanges, Limits.FollowBatch, 100_000_000, nameof(FollowQueueChanges));
        InRange(MaxBatch, 1, 65_536, nameof(MaxBatch));
        InRange(Readers, 1, 64, nameof(Readers));
        InRange(ReadQueueDepth, 1, 1_000_000, nameof(ReadQueueDepth));
        InRange(ExistsQueueDepth, 1, ReadQueueDepth, nameof(ExistsQueueDepth));
        InRange(AuditViews, 1, 16, nameof(AuditViews));
        InRange(WriterCacheBytes, 1L << 20, 4L << 30, nameof(WriterCacheBytes));
        InRange(CheckpointPages, 100, 1_000_000, nameof(CheckpointPages));
        InRange(BusyTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(BusyTimeout));
        InRange(RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(RetryAfter));
    }

    private static void InRange<T>(T value, T min, T max, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {min} to {max}.");
        }
    }
}
