using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <summary>How the next transaction of the ledger goes wrong.</summary>
public enum LedgerFault
{
    /// <summary>The store fails, and it is known that nothing was written.</summary>
    Unavailable,

    /// <summary>It was written, but nobody knows.</summary>
    UnknownWritten,

    /// <summary>The writer's queue is full.</summary>
    Overloaded,
}

/// <summary>
/// Follow edges and their count in memory, with faults on demand. Thread-safe. Answers after a yield, as a store does.
/// </summary>
public sealed class InMemoryLedger : IFollowerLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AccountId, Edges> _accounts = [];
    private readonly Queue<LedgerFault> _faults = new();

    /// <summary>Where a transaction can be stopped before it is written.</summary>
    public Gate BeforeApply { get; } = new();

    /// <summary>Where a reading of the count can be stopped after it was made.</summary>
    public Gate AfterRead { get; } = new();

    /// <summary>Whether the count cannot be read.</summary>
    public bool ReadsFail { get; set; }

    /// <summary>How often the count was asked for.</summary>
    public int Reads { get; private set; }

    /// <summary>The sizes of all transactions, in order.</summary>
    public List<int> Transactions { get; } = [];

    /// <summary>The next transaction goes wrong so.</summary>
    public void FailNextApply(LedgerFault fault) => _faults.Enqueue(fault);

    /// <summary>Sets a count without edges, for accounts of a size that no test could fill.</summary>
    public void Pretend(AccountId account, long count)
    {
        lock (_lock)
        {
            var edges = Of(account);
            edges.Count = new(count, edges.Count.Version + 1, DateTimeOffset.UnixEpoch);
        }
    }

    /// <inheritdoc/>
    public async Task<FollowerCount> ReadCountAsync(AccountId account, CancellationToken cancellationToken)
    {
        Reads++;
        await Task.Yield();
        if (ReadsFail)
        {
            throw new StorageUnavailableException("The ledger failed.", null, isTransient: true, outcomeUnknown: false);
        }

        FollowerCount count;
        lock (_lock)
        {
            count = Of(account).Count;
        }

        await AfterRead.PassAsync();
        return count;
    }

    /// <inheritdoc/>
    public async Task<FollowResult> ApplyAsync(
        AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changes.Length, Limits.FollowBatch);
        ArgumentOutOfRangeException.ThrowIfZero(changes.Length);
        await Task.Yield();
        await BeforeApply.PassAsync();
        if (!_faults.TryDequeue(out var fault))
        {
            return Apply(account, changes, at);
        }

        if (fault == LedgerFault.UnknownWritten)
        {
            Apply(account, changes, at);
        }

        throw fault == LedgerFault.Overloaded
            ? new StorageOverloadedException("The ledger's writer", TimeSpan.FromSeconds(2))
            : new StorageUnavailableException(
                "The ledger failed.", null, isTransient: true, outcomeUnknown: fault == LedgerFault.UnknownWritten);
    }

    /// <inheritdoc/>
    public Task<long> CountEdgesAsync(AccountId account, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<long>(Of(account).Followers.Count);
        }
    }

    private FollowResult Apply(AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at)
    {
        lock (_lock)
        {
            Transactions.Add(changes.Length);
            var edges = Of(account);
            var delta = 0;
            var changed = changes.Select(change =>
            {
                var did = change.Follows
                    ? edges.Followers.Add(change.Follower)
                    : edges.Followers.Remove(change.Follower);
                delta += did ? change.Follows ? 1 : -1 : 0;
                return did;
            }).ToImmutableArray();
            if (changed.Contains(true))
            {
                edges.Count = new(edges.Count.Count + delta, edges.Count.Version + 1, at);
            }

            return new(changed, edges.Count);
        }
    }

    private Edges Of(AccountId account)
    {
        if (!_accounts.TryGetValue(account, out var edges))
        {
            _accounts[account] = edges = new();
        }

        return edges;
    }

    private sealed class Edges
    {
        public HashSet<AccountId> Followers { get; } = [];

        public FollowerCount Count { get; set; } = new(0, 0, DateTimeOffset.UnixEpoch);
    }
}
