using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// How hard the reconciler may work. Each has a default and a range; <see cref="Validate"/> is called when the silo
/// starts.
/// </summary>
public sealed record ReconcilerSettings
{
    /// <summary>What looking at an account costs of the budget beside its edges.</summary>
    internal const int EdgesPerAccount = 200;

    /// <summary>Whether it works at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Edges counted in a second, over the whole cluster, in the mean; an account costs as much as 200 edges. Default
    /// 50,000; 1,000 to 10,000,000.
    /// </summary>
    public int EdgesPerSecond { get; init; } = 50_000;

    /// <summary>
    /// Edges counted in one read, hence the longest that a read transaction lasts: some 100 ms by default. An account
    /// with no more is compared at one instant, whatever happens to it; a larger one over several reads. Default
    /// 250,000; 1,000 to 2,500,000.
    /// </summary>
    public int SliceEdges { get; init; } = 250_000;

    /// <summary>
    /// The least time from the beginning of one round over all accounts to the beginning of the next. Default 15
    /// minutes; 1 second to 7 days.
    /// </summary>
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(EdgesPerSecond, 1_000, 10_000_000, nameof(EdgesPerSecond));
        check.In(SliceEdges, 1_000, 2_500_000, nameof(SliceEdges));
        check.In(Rotation, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(Rotation));
        return check.Broken;
    }
}
