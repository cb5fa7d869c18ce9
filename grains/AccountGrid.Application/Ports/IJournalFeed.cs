using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>All journals in commit order: for watching, for the audit across accounts, for checkpoints.</summary>
public interface IJournalFeed
{
    /// <summary>The position of the last committed entry; 0 = none.</summary>
    Task<long> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>Entries above a position, ascending, at most <paramref name="max"/>. Never skips an entry that commits later.</summary>
    Task<ImmutableArray<CommittedEntry>> ReadAfterAsync(long position, int max, CancellationToken cancellationToken);

    /// <summary>Entries below a position that pass the filter, descending, at most <paramref name="max"/>.</summary>
    Task<ImmutableArray<CommittedEntry>> ReadBeforeAsync(long position, JournalFilter filter, int max, CancellationToken cancellationToken);

    /// <summary>Completes when an entry above <paramref name="position"/> is committed, or with cancellation.</summary>
    Task WaitForAsync(long position, CancellationToken cancellationToken);
}

/// <summary>Which entries an auditor asks for. Everything given must hold.</summary>
/// <param name="Stream">Only this stream.</param>
/// <param name="Subject">Only this actor's entries.</param>
/// <param name="Type">Only this event type.</param>
/// <param name="Since">Only entries at or after.</param>
/// <param name="Until">Only entries before.</param>
public sealed record JournalFilter(
    StreamId? Stream = null, string? Subject = null, string? Type = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null);

/// <summary>Opens consistent views for recomputing every chain and root.</summary>
public interface IAuditSource
{
    /// <summary>A view of one instant, unaffected by appends that go on meanwhile. Dispose it soon: it keeps old pages alive.</summary>
    Task<IAuditView> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>
/// A consistent view of all journals. One caller at a time; it may read two of the sequences alternately. Rows come exactly as stored, tampered ones
/// included; a row that cannot be an entry at all (its stream is no stream, its time no time) throws <see cref="JournalDamagedException"/> that names it.
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

/// <summary>A stream and the version that its index row claims.</summary>
public readonly record struct StreamHead(StreamId Stream, long Version);

/// <summary>
/// A signed statement about all journals up to a position. The root is the RFC 6962 Merkle tree hash over the entry hashes in commit order:
/// an append-only log, so that a checkpoint costs what came since the one before and every stream's head is under it.
/// </summary>
/// <param name="Number">From 1, gap-free.</param>
/// <param name="Position">The last position covered; also the tree size.</param>
/// <param name="Root">The Merkle root, 32 bytes.</param>
/// <param name="Previous">SHA-256 of the checkpoint before in canonical form, empty for the first.</param>
/// <param name="At">When it was made, UTC.</param>
/// <param name="KeyId">Which key signed: the SHA-256 of the public key's SubjectPublicKeyInfo, first 16 hex digits.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the canonical form, IEEE P1363 format, 64 bytes.</param>
public sealed record Checkpoint(
    long Number, long Position, ReadOnlyMemory<byte> Root, ReadOnlyMemory<byte> Previous, DateTimeOffset At, string KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>Keeps checkpoints in the store. The file outside the store is the host's.</summary>
public interface ICheckpointStore
{
    /// <summary>The last checkpoint with the right edge of its Merkle tree, or <c>null</c>.</summary>
    Task<StoredCheckpoint?> ReadLastAsync(CancellationToken cancellationToken);

    /// <summary>Checkpoints below a number, descending, at most <paramref name="max"/>.</summary>
    Task<ImmutableArray<Checkpoint>> ReadBeforeAsync(long number, int max, CancellationToken cancellationToken);

    /// <summary>Adds the next checkpoint. A second writer of the same number fails with <see cref="AppendResult.Conflict"/>.</summary>
    Task<AppendResult> AppendAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken);
}

/// <summary>A checkpoint with what is needed to go on from it.</summary>
/// <param name="Checkpoint">The signed statement.</param>
/// <param name="Frontier">The serialized right edge of the Merkle tree at that size; checked against the root before it is used.</param>
public sealed record StoredCheckpoint(Checkpoint Checkpoint, ReadOnlyMemory<byte> Frontier);
