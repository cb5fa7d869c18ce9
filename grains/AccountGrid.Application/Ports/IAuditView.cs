namespace AccountGrid.Application;

/// <summary>
/// A consistent view of all journals. One caller at a time; it may read two of the sequences alternately. Rows come
/// exactly as stored, tampered ones included; a row that cannot be an entry at all (its stream is no stream, its time
/// no time) throws <see cref="JournalDamagedException"/> that names it.
/// </summary>
public interface IAuditView : IAsyncDisposable
{
    /// <summary>Every entry ordered by (stream ordinally, sequence).</summary>
    IAsyncEnumerable<CommittedEntry> ReadByStreamAsync(CancellationToken cancellationToken);

    /// <summary>Every entry ordered by position.</summary>
    IAsyncEnumerable<CommittedEntry> ReadByPositionAsync(CancellationToken cancellationToken);

    /// <summary>Every stream's index version, ordered by stream ordinally.</summary>
    IAsyncEnumerable<StreamHead> ReadHeadsAsync(CancellationToken cancellationToken);

    /// <summary>Every checkpoint kept in the store, ascending.</summary>
    IAsyncEnumerable<Checkpoint> ReadCheckpointsAsync(CancellationToken cancellationToken);

    /// <summary>Every account's count and edges, by account and follower, ascending.</summary>
    IAsyncEnumerable<FollowerPart> ReadFollowersAsync(CancellationToken cancellationToken);
}
