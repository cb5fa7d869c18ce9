using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>How the followers that a protected account loses are limited.</content>
public sealed partial class AccountProcessor
{
    /// <summary>Tries, because an allowance may come between the reckoning and its entry.</summary>
    private const int MostNotes = 3;

    /// <summary>Made with the first follow of a protected account; <c>null</c> for nearly every account.</summary>
    private LossWindow? _losses;
    private DateTimeOffset _began;

    /// <summary>
    /// The entry about losses that was the last one when this activation began, or its own last one. Any other one is
    /// of another activation: that one does not count what this one would reserve, nor this one what that one may lose.
    /// </summary>
    private long _lossNote;
    private Task? _notingRefusal;

    /// <summary>
    /// Before follows go to the ledger: those of a protected account wait for the entry of the followers that its
    /// limit is a share of; unfollows must fit the limit, and wait for the entries that it is protected and that
    /// reserve what it may lose.
    /// </summary>
    /// <param name="changes">The batch.</param>
    /// <param name="unfollowsBefore">Unfollows that go before it in the same transaction.</param>
    /// <returns>Why it must not be applied; <c>null</c> where it may.</returns>
    /// <exception cref="StorageUnavailableException">
    /// An entry could not be made, or the count is not known; nothing was applied.
    /// </exception>
    internal ValueTask<Refusal?> BeforeFollowsAsync(ImmutableArray<FollowChange> changes, int unfollowsBefore)
    {
        if (_stream.Head.State.TierWith(_followers.Exact?.Count, _services.Policy) != Tier.Protected)
        {
            _losses = null;
            return default;
        }

        var unfollows = UnfollowsIn(changes);
        return unfollows > 0 || IsBaselineDue()
            ? new(AdmitAsync(unfollows == 0 ? 0 : unfollowsBefore + unfollows))
            : default;
    }

    /// <summary>
    /// Whether a batch fits the limit beside the unfollows before it in its transaction, as far as it is known now. One
    /// that does not is admitted by itself later: those before it may change nothing.
    /// </summary>
    internal bool FitsBeside(ImmutableArray<FollowChange> changes, int unfollowsBefore)
    {
        var unfollows = unfollowsBefore == 0 ? 0 : UnfollowsIn(changes);
        if (unfollows == 0 || !_services.Policies.IsRecorded || _followers.Exact is not { } followers
            || _stream.Head.State.TierWith(followers.Count, _services.Policy) != Tier.Protected)
        {
            return true;
        }

        var (brake, now) = (_services.Policies.Brake, _services.Clock.GetUtcNow());
        return LossesAt(brake, now)
            .Check(_stream.Head.State, unfollowsBefore + unfollows, followers.Count, brake, now) is null;
    }

    /// <summary>After follows were applied: counts what was lost, and notes a crossing.</summary>
    /// <param name="count">The count after the transaction.</param>
    /// <param name="lost">Followers lost by it.</param>
    /// <param name="gained">Followers gained by it.</param>
    internal ValueTask AfterFollowsAsync(long count, int lost, int gained)
    {
        var before = count + lost - gained;
        if (lost > 0 && (_losses is not null
            || _stream.Head.State.TierWith(_followers.Exact?.Count, _services.Policy) == Tier.Protected))
        {
            var now = _services.Clock.GetUtcNow();
            var brake = _services.Policies.Brake;
            LossesAt(brake, now).Applied(lost, _followers.IsInDoubt ? null : before, brake, now);
        }

        return NoteCrossingAsync(before);
    }

    /// <summary>The outcome of follows is not known: every unfollow counts as a loss.</summary>
    internal void MayHaveLost(ImmutableArray<FollowChange> changes) => _losses?.Applied(
        UnfollowsIn(changes), followers: null, _services.Policies.Brake, _services.Clock.GetUtcNow());

    /// <summary>How many of the changes are unfollows.</summary>
    internal static int UnfollowsIn(ImmutableArray<FollowChange> changes)
    {
        var unfollows = 0;
        foreach (var change in changes)
        {
            unfollows += change.Follows ? 0 : 1;
        }

        return unfollows;
    }

    /// <summary>
    /// Whether the followers that the limit is a share of must be noted first. Where the count is not known, only of an
    /// account that the journal says to be protected.
    /// </summary>
    private bool IsBaselineDue()
    {
        var state = _stream.Head.State;
        return (_followers.Stored is not null || state.TierWith(0, _services.Policy) == Tier.Protected)
            && LossBaseline.IsDue(
                state.Losses?.Baseline, _followers.Stored?.Count + Limits.FollowBatch ?? long.MaxValue,
                _services.Policies.Brake, _services.Clock.GetUtcNow());
    }

    private async Task<Refusal?> AdmitAsync(int unfollows)
    {
        if (unfollows > 0 && ReachRules.MustProtectFirst(_stream.Head.State, _followers.Exact?.Count, _services.Policy))
        {
            await ProtectFirstAsync();
        }

        if (!_services.Policies.IsRecorded)
        {
            // A silo of an earlier version, to which the account may move, could not read the entries.
            return null;
        }

        await _followers.EnsureAsync(CancellationToken.None);
        if (_followers.Exact is not null && IsBaselineDue())
        {
            var (noted, _) = await RunAsync(
                new(new AccountCommand.NoteLossBaseline(), Caller.System), reserved: true, CancellationToken.None);
            if (noted.Refusal is { } full)
            {
                return full;
            }
        }

        return unfollows > 0 ? await ReserveAsync(unfollows) : null;
    }

    private async Task<Refusal?> ReserveAsync(int unfollows)
    {
        for (var step = 0; step < MostNotes && !HasMetAnothersLosses(); step++)
        {
            if (_followers.Stored is not { } stored)
            {
                throw UnfollowsWait("The follower count is not known, so that unfollows must wait.");
            }

            if (_stream.Head.State.TierWith(_followers.Exact?.Count, _services.Policy) != Tier.Protected)
            {
                return null;
            }

            var brake = _services.Policies.Brake;
            var now = _services.Clock.GetUtcNow();
            var losses = LossesAt(brake, now);
            long? followers = _followers.IsInDoubt ? null : stored.Count;
            if (losses.Check(_stream.Head.State, unfollows, followers, brake, now) is { } refusal)
            {
                if (losses.MustNoteInherited)
                {
                    await TryNoteAsync(losses, losses.Reserve(0, followers, brake, now));
                }

                await RefuseLossAsync(new(
                    losses.LostAt(now), losses.LimitAt(followers, brake, now), losses.Window, unfollows));
                return refusal;
            }

            if (!losses.MustNote(unfollows))
            {
                return null;
            }

            var (isNoted, full) = await TryNoteAsync(losses, losses.Reserve(unfollows, followers, brake, now));
            if (isNoted || full is not null)
            {
                return full;
            }
        }

        throw UnfollowsWait("The followers lost could not be recorded, so that unfollows must wait.");
    }

    /// <summary>Makes the entry; not where another activation has made one meanwhile.</summary>
    private async Task<(bool IsNoted, Refusal? Full)> TryNoteAsync(LossWindow losses, AccountCommand.NoteLosses note)
    {
        var (result, made) = await RunAsync(new(note, Caller.System), reserved: true, CancellationToken.None);
        if (!made || !losses.TryTake(_stream.Head.State))
        {
            return (false, result.Refusal);
        }

        _lossNote = losses.NoteSequence;
        return (true, null);
    }

    private long LastLossNote => _stream.Head.State.Losses?.Note?.Sequence ?? 0;

    private LossWindow LossesAt(BrakePolicy brake, DateTimeOffset now) =>
        _losses is { } known && known.Window == brake.Window
            ? known
            : _losses = LossWindow.From(_stream.Head.State, brake, _losses is null ? _began : now, now);

    /// <summary>
    /// Whether another activation takes followers away too, or may. This one then leaves that to the other one, and is
    /// ended by the host.
    /// </summary>
    private bool HasMetAnothersLosses()
    {
        if (!IsFenced && _lossNote != LastLossNote)
        {
            _stream.NoteFenceLost();
        }

        return IsFenced;
    }

    /// <summary>
    /// Counts refused unfollows, and makes the entry of the window's first ones; it is tried again with the next.
    /// </summary>
    private async Task RefuseLossAsync(AccountCommand.NoteLossRefused refused)
    {
        _services.Diagnostics.Moderation.LossRefused(refused.Unfollows);
        if (_stream.Head.State.Losses?.RefusedAt > _services.Clock.GetUtcNow() - refused.Window)
        {
            return;
        }

        AccountLog.LossRefused(
            _services.Log, Id, refused.Unfollows, refused.Lost, refused.Window, refused.Limit);
        _notingRefusal = _notingRefusal is { IsCompleted: false } ? _notingRefusal : NoteRefusalAsync(refused);
        try
        {
            await _notingRefusal.WaitAsync(_services.Limits.LedgerWait, _services.Clock);
        }
        catch (TimeoutException)
        {
            // The entry is on its way; the caller is told in time.
        }
    }

    private async Task NoteRefusalAsync(AccountCommand.NoteLossRefused refused)
    {
        try
        {
            await RunAsync(new(refused, Caller.System), reserved: true, CancellationToken.None);
        }
        catch (Exception e) when (IsStorageFailure(e))
        {
            AccountLog.LossRefusalNotNoted(_services.Log, e, Id);
        }
    }

    private static StorageUnavailableException UnfollowsWait(string why) =>
        new(why, inner: null, isTransient: true, outcomeUnknown: false);
}
