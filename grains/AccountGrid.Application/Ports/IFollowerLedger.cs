using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The follow edges and, in the same transaction, their count. Implementations are thread-safe; batches of several
/// accounts may share a transaction. Nothing here depends on whether the account is up.
/// </summary>
public interface IFollowerLedger
{
    /// <summary>The count, as of its last change. An account without edges has count 0, version 0.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task<FollowerCount> ReadCountAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>
    /// Applies changes in order, in one transaction: insert if absent, delete if present, the count by the number of
    /// rows that really changed. Idempotent: the same batch again changes nothing.
    /// </summary>
    /// <param name="account">The account that is followed.</param>
    /// <param name="changes">1 to <see cref="Limits.FollowBatch"/> changes.</param>
    /// <param name="at">The instant to record, UTC.</param>
    /// <param name="cancellationToken">Honoured until the batch is handed to the writer.</param>
    /// <exception cref="StorageUnavailableException">The store failed; sending the batch again is safe.</exception>
    /// <exception cref="StorageOverloadedException">The writer's queue is full; nothing was written.</exception>
    Task<FollowResult> ApplyAsync(
        AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at,
        CancellationToken cancellationToken);

    /// <summary>
    /// Counts the edges themselves; costs time in proportion. For reconciling and tests, never for an answer.
    /// </summary>
    Task<long> CountEdgesAsync(AccountId account, CancellationToken cancellationToken);
}
