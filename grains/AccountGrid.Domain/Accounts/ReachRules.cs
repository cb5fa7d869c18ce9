using System.Diagnostics.CodeAnalysis;

namespace AccountGrid.Domain;

/// <summary>
/// When an account is protected by its reach. The tier is the higher one of what the journal says and what the count
/// says now, so that a crossing that is not noted yet opens nothing. An account whose count is at the threshold gets
/// its entry before any unfollow is applied, so that nothing can take the protection away by unfollowing.
/// </summary>
public static class ReachRules
{
    /// <summary>
    /// Whether unfollows must wait for the entry that the account is protected: its count is at the threshold, or not
    /// known.
    /// </summary>
    public static bool MustProtectFirst(AccountState state, long? followers, AccountPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        return !SaysAtThreshold(state) && !(followers < policy.ProtectedReach);
    }

    /// <summary>
    /// Whether the journal says that the account is at the threshold. Where it says that the account fell below it
    /// before, a rise since then that is not noted must not be lost either: the cool-off would end too early.
    /// </summary>
    public static bool SaysAtThreshold(AccountState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Reach is { BelowSince: null };
    }

    /// <summary>Whether the count has crossed the threshold, and the journal does not say so yet.</summary>
    public static bool IsToBeNoted(
        AccountState state, [NotNullWhen(true)] long? followers, DateTimeOffset now, AccountPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        if (followers is not { } count || !state.IsRegistered || state.ErasedAt is not null)
        {
            return false;
        }

        var isBelow = count < policy.ProtectedReach;
        return !SaysAtThreshold(state) ? !isBelow
            : isBelow && (state.Reach!.BackAt is not { } back || now >= back + PauseOf(policy));
    }

    /// <summary>The entry of a crossing that the journal does not say yet, if there is one.</summary>
    internal static Decision Note(AccountState state, AccountCommand.NoteReach command, Situation situation)
    {
        var followers = !SaysAtThreshold(state) && situation.Followers < command.Seen
            ? command.Seen
            : situation.Followers;
        return new Decision.Accepted(
            !IsToBeNoted(state, followers, situation.Now, situation.Policy) ? []
            : followers >= situation.Policy.ProtectedReach
                ? [new AccountEvent.ReachProtected(followers.Value, situation.Policy.ProtectedReach)]
                : [new AccountEvent.ReachBelow(
                    followers.Value, situation.Policy.ProtectedReach,
                    situation.Now + situation.Policy.ReachCoolOff)],
            Outcome.Done);
    }

    /// <summary>
    /// The end of the cool-off. Where the count is not known the protection stays and the end stays due; where the
    /// cool-off has been made longer since, the end is later.
    /// </summary>
    internal static Decision Fire(AccountState state, Situation situation)
    {
        if (state.ErasedAt is not null || state.Reach is not { BelowSince: { } below, EndsAt: { } endsAt }
            || endsAt > situation.Now || situation.Followers is not { } followers)
        {
            return new Decision.Accepted([], Outcome.Done);
        }

        var (threshold, until) = (situation.Policy.ProtectedReach, below + situation.Policy.ReachCoolOff);
        return new Decision.Accepted(
            followers >= threshold ? [new AccountEvent.ReachProtected(followers, threshold)]
            : until > situation.Now ? [new AccountEvent.ReachBelow(followers, threshold, until)]
            : [new AccountEvent.ReachUnprotected(followers, threshold, null)],
            Outcome.Done);
    }

    /// <summary>
    /// Two people may end it while the followers are below the threshold; above it, it would begin again at once.
    /// </summary>
    internal static bool MayBeLowered(AccountState state, Situation situation) =>
        state.Reach is not null && situation.Followers < situation.Policy.ProtectedReach;

    /// <summary>The state after one more entry about the reach.</summary>
    /// <exception cref="InvalidOperationException">There is no protection by reach to change.</exception>
    internal static AccountState WithEntry(AccountState state, Recorded<AccountEvent> entry) => entry.Event switch
    {
        AccountEvent.ReachProtected => state with
        {
            Reach = state.Reach is { } reach
                ? reach with { BelowSince = null, EndsAt = null, BackAt = entry.At }
                : new(entry.At),
        },
        AccountEvent.ReachBelow e => state with
        {
            Reach = ReachOf(state) with { BelowSince = state.Reach!.BelowSince ?? entry.At, EndsAt = e.EndsAt },
        },
        _ => ReachOf(state) is not null ? state with { Reach = null } : state,
    };

    /// <summary>
    /// How long after the followers came back another fall is noted, so that a count that swings about the threshold
    /// does not fill the journal. The cool-off begins so much later at the most.
    /// </summary>
    private static TimeSpan PauseOf(AccountPolicy policy) =>
        policy.ReachCoolOff / 30 is var pause && pause > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1)
        : pause < TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(1)
        : pause;

    private static ReachProtection ReachOf(AccountState state) =>
        state.Reach ?? throw new InvalidOperationException($"Account {state.Id} is not protected by reach.");
}
