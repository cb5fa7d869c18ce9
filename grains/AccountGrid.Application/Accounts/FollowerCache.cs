using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>
/// The follower count in memory: exact, or known to be unknown. Never goes backwards in version. Not thread-safe; runs
/// on its processor's scheduler.
/// </summary>
/// <param name="account">The account; it publishes whenever <see cref="Exact"/> has changed.</param>
/// <param name="services">Ledger, clock, limits and log.</param>
internal sealed class FollowerCache(AccountProcessor account, AccountServices services)
{
    private Task? _attempt;
    private long? _lastAttempt;
    private long _highest = -1;
    private int _invalidations;

    /// <summary>The exact count; <c>null</c> while the ledger cannot say, or the count is in doubt.</summary>
    public FollowerCount? Exact => IsInDoubt ? null : Stored;

    /// <summary>What the ledger keeps, in doubt or not; <c>null</c> while it cannot say.</summary>
    public FollowerCount? Stored { get; private set; }

    /// <summary>
    /// Whether what the ledger keeps was found to be wrong: it is shown as of its time, and the account counts as
    /// protected.
    /// </summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>The last count known, whatever its age.</summary>
    public FollowerCount? LastKnown { get; private set; }

    /// <summary>A count from a snapshot: something to show, with its time, while nothing exact is known.</summary>
    public void UseAsLastKnown(FollowerCount? old) => LastKnown ??= old;

    /// <summary>A count that the ledger just gave.</summary>
    public void Accept(FollowerCount count)
    {
        if (count.Version < _highest)
        {
            return;
        }

        _highest = count.Version;
        Stored = LastKnown = count;
        account.Publish();
    }

    /// <summary>Begins or ends the doubt in the count.</summary>
    public void Doubt(bool inDoubt)
    {
        if (IsInDoubt != inDoubt)
        {
            IsInDoubt = inDoubt;
            account.Publish();
        }
    }

    /// <summary>
    /// A count that a silo sealed earlier. The ledger's may be newer, but neither older nor another one of the same
    /// version; otherwise something else wrote it.
    /// </summary>
    public void CompareWith(FollowerCount? earlier)
    {
        if (earlier is not null && Stored is { } stored
            && (stored.Version < earlier.Version
                || (stored.Version == earlier.Version && stored.Count != earlier.Count)))
        {
            Contradicts(earlier, stored);
        }
    }

    /// <summary>
    /// A count that the ledger gave for a batch of this account's, compared with the one before and what the batch
    /// changed. Where other batches came between, it says nothing.
    /// </summary>
    public void CompareWith(FollowerCount? before, ImmutableArray<FollowChange> changes, FollowResult result)
    {
        var changed = result.Changed.AsSpan();
        if (before is null || result.After.Version != before.Version + (changed.Contains(true) ? 1 : 0))
        {
            return;
        }

        var expected = before.Count;
        for (var i = 0; i < changed.Length; i++)
        {
            expected += changed[i] ? (changes[i].Follows ? 1 : -1) : 0;
        }

        if (result.After.Count != expected)
        {
            Contradicts(before with { Count = expected }, result.After);
        }
    }

    private void Contradicts(FollowerCount expected, FollowerCount stored)
    {
        AccountLog.CountContradicts(services.Log, account.Id, stored.Count, expected.Count);
        Doubt(true);
    }

    /// <summary>The outcome of a write is unknown: the count is not exact until the ledger is read again.</summary>
    public void Invalidate()
    {
        _invalidations++;
        _lastAttempt = null;
        Stored = null;
        account.Publish();
    }

    /// <summary>
    /// Reads the count if it is unknown and the last try is long enough ago. Does not wait for it; never fails.
    /// </summary>
    public void BeginRead()
    {
        if (Stored is null && _attempt is null or { IsCompleted: true }
            && (_lastAttempt is not { } last || services.Clock.GetElapsedTime(last) >= services.Limits.RetryAfter))
        {
            _lastAttempt = services.Clock.GetTimestamp();
            _attempt = ReadAsync();
        }
    }

    /// <summary>
    /// As <see cref="BeginRead"/>, and waits for the try, but not longer than the limit. Fails only by cancellation.
    /// </summary>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        BeginRead();
        if (_attempt is { IsCompleted: false } attempt)
        {
            try
            {
                await attempt.WaitAsync(services.Limits.LedgerWait, services.Clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                AccountLog.LedgerSlow(services.Log, account.Id, services.Limits.LedgerWait);
            }
        }
    }

    private async Task ReadAsync()
    {
        var invalidations = _invalidations;
        try
        {
            // Shared by all callers that wait, so the token of none of them may cancel it.
            var count = await services.Ledger.ReadCountAsync(account.Id, CancellationToken.None);
            if (invalidations == _invalidations)
            {
                Accept(count);
            }
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException)
        {
            AccountLog.LedgerUnreadable(services.Log, e, account.Id);
        }
        finally
        {
            // No caller waits for it any more; kept, it would live as long as the activation.
            _attempt = null;
        }
    }
}
