using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The journals of accounts and operators: the truth. Implementations are thread-safe and may put the appends of many streams
/// into one transaction (group commit); each caller is answered only after its own append is durable.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends entries behind <see cref="JournalAppend.ExpectedVersion"/> and writes the stream's index row in the same transaction.
    /// The key (stream, sequence) is the fence: whoever comes second gets <see cref="AppendResult.Conflict"/> and nothing is written.
    /// </summary>
    /// <param name="append">What to append; 1 to <see cref="PortArguments.MaxEntries"/> entries.</param>
    /// <param name="cancellationToken">Honoured until the append is handed to the writer; after that the outcome is awaited.</param>
    /// <exception cref="StorageUnavailableException">The store failed; <see cref="StorageUnavailableException.OutcomeUnknown"/> says whether it may have been written.</exception>
    /// <exception cref="StorageOverloadedException">The writer's queue is full; nothing was written.</exception>
    Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken);

    /// <summary>Reads a stream in ascending order, from a sequence on (1 = from its beginning), at most <paramref name="max"/> entries.</summary>
    Task<ImmutableArray<JournalEntry>> ReadAsync(StreamId stream, long fromSequence, int max, CancellationToken cancellationToken);

    /// <summary>Reads a stream in descending order, only sequences below <paramref name="beforeSequence"/>.</summary>
    Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the stream has an entry. Bounded in concurrency: it is what a storm of unknown ids meets.
    /// </summary>
    /// <exception cref="StorageOverloadedException">Too many of these are under way.</exception>
    ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken);
}

/// <summary>What became of an append.</summary>
public enum AppendResult
{
    /// <summary>Durable.</summary>
    Appended = 1,

    /// <summary>Somebody else appended first; nothing was written. The caller's state is stale: it must load again.</summary>
    Conflict = 2,
}

/// <summary>An atomic append to one stream.</summary>
/// <param name="Stream">Whose journal.</param>
/// <param name="ExpectedVersion">The journal's length before; 0 creates the stream.</param>
/// <param name="Entries">Consecutive entries from <c>ExpectedVersion + 1</c>, hashes computed.</param>
/// <param name="Index">The stream's index row after this append.</param>
public sealed record JournalAppend(StreamId Stream, long ExpectedVersion, ImmutableArray<PendingEntry> Entries, StreamIndexRow Index);

/// <summary>An entry to append, with the budget mark that stores keep beside it (derived from it, not part of the hash).</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Harm">Whose budget it counts against, where it harms.</param>
public sealed record PendingEntry(JournalEntry Entry, HarmMark? Harm);

/// <summary>Who caused a harm, so that budgets and undo can be derived from the journal.</summary>
/// <param name="Person">The person who pays: the proposer.</param>
/// <param name="ApprovedBy">The second person.</param>
/// <param name="Reach">Followers charged; 0 where a second person approved.</param>
public sealed record HarmMark(OperatorId Person, OperatorId? ApprovedBy, long Reach);

/// <summary>An entry with its place in commit order.</summary>
/// <param name="Position">
/// Assigned in commit order over all streams: from 1, gap-free (checkpoints count by it), and no entry ever appears below a position that a reader has seen.
/// </param>
/// <param name="Entry">The entry.</param>
public sealed record CommittedEntry(long Position, JournalEntry Entry);
