namespace AccountGrid.Domain;

/// <summary>How long accounts were down, told piece by piece as it ends.</summary>
public static class Outage
{
    /// <summary>
    /// Since when an account is down by a hold that is still there; <c>null</c> where there is none: it is up, or
    /// erased from there.
    /// </summary>
    public static DateTimeOffset? Since(AccountState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        DateTimeOffset? since = null;
        foreach (var hold in state.Holds)
        {
            since = since is null || hold.At < since ? hold.At : since;
        }

        return since;
    }

    /// <summary>
    /// The down time that is over with a movement: all of it where the account came up, and that of the earliest hold
    /// alone where a later one stays. Over an incident the pieces add up to its length; one that ends in erasure never
    /// ends. Never negative, whatever the clock did.
    /// </summary>
    /// <param name="before">The account before the movement.</param>
    /// <param name="after">The account after it.</param>
    /// <param name="at">When it moved.</param>
    public static TimeSpan Ended(AccountState before, AccountState after, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(after);
        if (Since(before) is not { } from || after.ErasedAt is not null)
        {
            return TimeSpan.Zero;
        }

        var until = Since(after) ?? at;
        return until > from ? until - from : TimeSpan.Zero;
    }
}
