using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The tunable numbers about operators, each with a default and a range; <see cref="Validate"/> is called when the silo
/// starts.
/// </summary>
public sealed record OperatorPolicy
{
    /// <summary>
    /// How long before <see cref="OperatorState.AuthorityEndsAt"/> the standing is <see cref="Standing.Notice"/>.
    /// Default 14 days; 0 to 366 days.
    /// </summary>
    public TimeSpan NoticeWindow { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The rolling window of the budgets. Default 1 hour; 1 second to 7 days.</summary>
    public TimeSpan BudgetWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Harmful actions per person and window. Default 30; 1 to 1,000,000.</summary>
    public int MaxHarms { get; init; } = 30;

    /// <summary>
    /// Followers of the accounts that a person harms alone, per window. Default 2,000,000; at least 1. Acts with a
    /// second person do not count.
    /// </summary>
    public long MaxReach { get; init; } = 2_000_000;

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(NoticeWindow, TimeSpan.Zero, TimeSpan.FromDays(366), nameof(NoticeWindow));
        check.In(BudgetWindow, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(BudgetWindow));
        check.In(MaxHarms, 1, 1_000_000, nameof(MaxHarms));
        check.In(MaxReach, 1, long.MaxValue, nameof(MaxReach));
        return check.Broken;
    }
}
