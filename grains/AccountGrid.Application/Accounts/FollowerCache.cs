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

    /// <summary>The exact count; <c>null</c> while the ledger cannot say.</summary>
    public FollowerCount? Exact { get; private set; }

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
        Exact = LastKnown = count;
        account.Publish();
    }

    /// <summary>The outcome of a write is unknown: the count is not exact until the ledger is read again.</summary>
    public void Invalidate()
    {
        _invalidations++;
        _lastAttempt = null;
        Exact = null;
        account.Publish();
    }

    /// <summary>
    /// Reads the count if it is unknown and the last try is long enough ago. Does not wait for it; never fails.
    /// </summary>
    public void BeginRead()
    {
        if (Exact is null && _attempt is null or { IsCompleted: true }
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
