using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Fills an empty store with what another one held, positions included: one transaction, of which nothing is there before <see cref="CommitAsync"/> and
/// everything after it. Used by one caller; disposing without a commit leaves the store empty. What a store keeps in memory is not told: open it anew afterwards.
/// </summary>
public interface IStoreLoad : IAsyncDisposable
{
    /// <summary>Adds entries, each at the position that it had.</summary>
    /// <exception cref="StorageUnavailableException">The store failed, or two entries claim one place.</exception>
    Task AddEntriesAsync(IReadOnlyList<LoadedEntry> entries, CancellationToken cancellationToken);

    /// <summary>Adds index rows, each stream's once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddIndexAsync(IReadOnlyList<StreamIndexRow> rows, CancellationToken cancellationToken);

    /// <summary>Adds counts, each account's once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddCountsAsync(IReadOnlyList<LoadedCount> counts, CancellationToken cancellationToken);

    /// <summary>Adds follow edges, each once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddEdgesAsync(IReadOnlyList<LoadedEdge> edges, CancellationToken cancellationToken);

    /// <summary>Adds checkpoints, ascending.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task AddCheckpointsAsync(IReadOnlyList<Checkpoint> checkpoints, CancellationToken cancellationToken);

    /// <summary>Makes it durable, all at once.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task CommitAsync(CancellationToken cancellationToken);
}

/// <summary>An entry at its place, with its budget mark.</summary>
/// <param name="Position">As in <see cref="CommittedEntry.Position"/>.</param>
/// <param name="Pending">The entry and its mark.</param>
public readonly record struct LoadedEntry(long Position, PendingEntry Pending);

/// <summary>An account's count.</summary>
public readonly record struct LoadedCount(AccountId Account, FollowerCount Count);

/// <summary>A follow edge.</summary>
public readonly record struct LoadedEdge(AccountId Account, long Follower);

/// <summary>A part of an account's followers. An account with a count has at least one part, be it empty; parts come by account and follower, ascending.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Count">The count as the store keeps it, the same in every part.</param>
/// <param name="Followers">Some of the followers, at most <see cref="MaxFollowers"/>.</param>
public sealed record FollowerPart(AccountId Account, FollowerCount Count, ImmutableArray<long> Followers)
{
    /// <summary>Most followers in one part.</summary>
    public const int MaxFollowers = 1_000;
}

/// <summary>A store that is to be filled already holds something; it was left as it is.</summary>
public sealed class StoreNotEmptyException(string store) : Exception($"{store} is not empty; it was left as it is. Import into an empty one.");
