using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The limits on what all people and services together take down, and on the followers that a protected account loses;
/// <see cref="Validate"/> is called when the silo starts.
/// </summary>
public sealed record BrakePolicy
{
    /// <summary>The rolling window of every number here. Default 1 hour; 1 second to 7 days.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Accounts taken down over the whole grid per <see cref="Window"/>, each by one person or service alone, before
    /// every harm needs a second person. Default 2,000: two services at the end of their budgets; 1 to 1,000,000,000.
    /// </summary>
    public int MaxHarms { get; init; } = 2_000;

    /// <summary>
    /// Followers of the accounts that <see cref="MaxHarms"/> counts. Default 10,000,000: two services at the end of
    /// their budgets; at least 1.
    /// </summary>
    public long MaxReach { get; init; } = 10_000_000;

    /// <summary>
    /// The part of its followers that a protected account may lose per <see cref="Window"/>. Default 0.05; 0 to 1.
    /// </summary>
    public double LossShare { get; init; } = 0.05;

    /// <summary>
    /// Followers that a protected account may lose per <see cref="Window"/> however few it has. Default 10,000; 1 to
    /// 1,000,000,000.
    /// </summary>
    public long LossAtLeast { get; init; } = 10_000;

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(Window, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(Window));
        check.In(MaxHarms, 1, 1_000_000_000, nameof(MaxHarms));
        check.In(MaxReach, 1, long.MaxValue, nameof(MaxReach));
        check.In(LossShare, 0, 1, nameof(LossShare));
        check.In(LossAtLeast, 1, 1_000_000_000, nameof(LossAtLeast));
        return check.Broken;
    }
}
