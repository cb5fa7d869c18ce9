using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The journals of accounts and operators: the truth. Implementations are thread-safe and may put the appends of many
/// streams into one transaction (group commit); each caller is answered only after its own append is durable.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends entries behind <see cref="JournalAppend.ExpectedVersion"/> and writes the stream's index row in the same
    /// transaction. The key (stream, sequence) is the fence: the second append gets <see cref="AppendResult.Conflict"/>
    /// and writes nothing.
    /// </summary>
    /// <param name="append">What to append; 1 to <see cref="PortArguments.MaxEntries"/> entries.</param>
    /// <param name="cancellationToken">
    /// Honoured until the append is handed to the writer; after that the outcome is awaited.
    /// </param>
    /// <exception cref="StorageUnavailableException">
    /// The store failed; <see cref="StorageUnavailableException.OutcomeUnknown"/> says whether it may have been
    /// written.
    /// </exception>
    /// <exception cref="StorageOverloadedException">The writer's queue is full; nothing was written.</exception>
    Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a stream in ascending order, from a sequence on (1 = from its beginning), at most <paramref name="max"/>
    /// entries.
    /// </summary>
    Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken);

    /// <summary>
    /// The same with what stands beside the entries: their positions and MACs, exactly as stored, nothing checked.
    /// </summary>
    Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken);

    /// <summary>Reads a stream in descending order, only sequences below <paramref name="beforeSequence"/>.</summary>
    Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the stream has an entry. Bounded in concurrency: it is what a storm of unknown ids meets.
    /// </summary>
    /// <exception cref="StorageOverloadedException">Too many of these are under way.</exception>
    ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken);
}
