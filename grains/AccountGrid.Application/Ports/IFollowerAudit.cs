using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Looks at counts and their edges side by side, in short reads. It reads what is stored and nothing else: neither a
/// cache nor a queue of the ledger. It changes nothing. Implementations are thread-safe.
/// </summary>
public interface IFollowerAudit
{
    /// <summary>
    /// Accounts that have a count or are registered, ascending, above <paramref name="after"/> (0 = from the first), at
    /// most <paramref name="max"/>.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task<ImmutableArray<AccountId>> ListAsync(long after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Counts an account's edges in the order of the followers' ids, from above <paramref name="afterFollower"/>
    /// (<see cref="long.MinValue"/> = from the first), at most <paramref name="max"/> of them, and reads the count
    /// beside them: both as they are at one instant.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task<EdgeSlice> CountAsync(AccountId account, long afterFollower, int max, CancellationToken cancellationToken);
}
