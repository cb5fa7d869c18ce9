using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>How the journal comes to say that the followers have crossed the threshold of protection.</content>
public sealed partial class AccountProcessor
{
    private Task? _noting;
    private long? _notedLast;

    /// <summary>
    /// Notes a crossing, which is seldom, and waits for it for a bounded time, but not while a command has its turn.
    /// What could not be noted is tried again by <see cref="Recover"/>.
    /// </summary>
    /// <param name="before">The count before the transaction, which another activation may have raised.</param>
    private async ValueTask NoteCrossingAsync(long before)
    {
        var state = _stream.Head.State;
        var seen =
            !ReachRules.SaysAtThreshold(state) && before >= _services.Policy.ProtectedReach ? before : 0;
        if (seen == 0 && !HasCrossing())
        {
            return;
        }

        if (Turns.IsTaken)
        {
            _ = NoteReachQuietlyAsync(seen);
            return;
        }

        try
        {
            await NoteReachAsync(seen).WaitAsync(_services.Limits.LedgerWait, _services.Clock);
        }
        catch (Exception e) when (IsStorageFailure(e) || e is TimeoutException)
        {
            AccountLog.ReachNotNoted(_services.Log, e, Id);
        }
    }

    private async Task ProtectFirstAsync()
    {
        await _followers.EnsureAsync(CancellationToken.None);
        if (_followers.Exact is null)
        {
            throw UnfollowsWait("The follower count is not known, so that unfollows must wait.");
        }

        if (HasCrossing())
        {
            await NoteReachAsync(seen: 0);
        }

        if (ReachRules.MustProtectFirst(_stream.Head.State, _followers.Exact?.Count, _services.Policy))
        {
            throw UnfollowsWait("The protection by reach could not be recorded, so that unfollows must wait.");
        }
    }

    /// <summary>
    /// Starts to note a crossing that was missed, at most once per <see cref="ProcessorLimits.RetryAfter"/>.
    /// </summary>
    private void BeginNoteReach()
    {
        if (HasCrossing() && _noting is null or { IsCompleted: true }
            && (_notedLast is not { } last || _services.Clock.GetElapsedTime(last) >= _services.Limits.RetryAfter))
        {
            _notedLast = _services.Clock.GetTimestamp();
            _ = NoteReachQuietlyAsync(seen: 0);
        }
    }

    private bool HasCrossing() =>
        ReachRules.IsToBeNoted(
            _stream.Head.State, _followers.Exact?.Count, _services.Clock.GetUtcNow(), _services.Policy);

    /// <summary>Callers share an entry that is under way.</summary>
    private Task NoteReachAsync(long seen) => _noting = _noting is { IsCompleted: false } ? _noting : RunAsync(
        new(new AccountCommand.NoteReach(seen), Caller.System), reserved: true, CancellationToken.None);

    private async Task NoteReachQuietlyAsync(long seen)
    {
        try
        {
            await NoteReachAsync(seen);
        }
        catch (Exception e) when (IsStorageFailure(e))
        {
            AccountLog.ReachNotNoted(_services.Log, e, Id);
        }
    }

    private static bool IsStorageFailure(Exception failure) =>
        failure is StorageUnavailableException or StorageOverloadedException or JournalDamagedException
            or UnknownFormatException;
}
