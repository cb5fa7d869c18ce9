using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// How hard the comparison of index rows and budget marks with the journals may work. Each has a default and a range;
/// <see cref="Validate"/> is called when the silo starts.
/// </summary>
public sealed record DerivedSettings
{
    /// <summary>Whether it works at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Journal entries read and folded in a second, over the whole cluster, in the mean; an index row counts as one
    /// more. Default 300; 10 to 1,000,000.
    /// </summary>
    public int EntriesPerSecond { get; init; } = 300;

    /// <summary>
    /// The least time from the beginning of one round over all journals to the beginning of the next. Default 1 hour;
    /// 1 second to 30 days.
    /// </summary>
    public TimeSpan Rotation { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(EntriesPerSecond, 10, 1_000_000, nameof(EntriesPerSecond));
        check.In(Rotation, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), nameof(Rotation));
        return check.Broken;
    }
}
