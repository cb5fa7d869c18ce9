namespace AccountGrid.Domain;

/// <summary>
/// The followers that a protected account had at an instant, or so many of them as the baseline before lets it have.
/// The limit on losses is a share of them, so that made-up followers do not raise it for the real ones.
/// </summary>
/// <param name="Followers">The followers, at least 0.</param>
/// <param name="At">When its entry was made.</param>
public sealed record LossBaseline(long Followers, DateTimeOffset At)
{
    /// <summary>The part that a baseline grows by in a day, compounded.</summary>
    public const double GrowthADay = 0.1;

    /// <summary>How old a baseline is when the next change of followers makes another one.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether a change of followers must wait for the entry of a baseline: there is no young one, and the account has
    /// so many followers that its limit is a share of them.
    /// </summary>
    /// <param name="baseline">The last one noted; <c>null</c> = none.</param>
    /// <param name="followersAfter">The most followers that the account may have after the change.</param>
    /// <param name="policy">The settings.</param>
    /// <param name="now">The instant.</param>
    public static bool IsDue(
        LossBaseline? baseline, long followersAfter, BrakePolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return followersAfter * policy.LossShare > policy.LossAtLeast && IsOld(baseline, now);
    }

    internal static bool IsOld(LossBaseline? baseline, DateTimeOffset now) => !(now < baseline?.At + Renewal);

    /// <summary>The most followers that it lets the limit be a share of at a later instant.</summary>
    public long GrownTo(DateTimeOffset now)
    {
        var days = Math.Max(0, (now - At).TotalDays);
        var grown = Followers * Math.Pow(1 + GrowthADay, days);
        return grown < long.MaxValue ? (long)grown : long.MaxValue;
    }
}
