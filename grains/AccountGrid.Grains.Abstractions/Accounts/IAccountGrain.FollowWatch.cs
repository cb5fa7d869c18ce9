using System.Collections.Immutable;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

public partial interface IAccountGrain
{
    /// <summary>
    /// The reconciler's: remember which edges change from now on. The version from which it does; <c>null</c> where it
    /// cannot.
    /// </summary>
    [AlwaysInterleave, Alias("WatchFollows")]
    Task<long?> WatchFollowsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The reconciler's: by how much the edges grew between what each part saw and a version; <c>null</c> where not
    /// every change in between is known.
    /// </summary>
    [AlwaysInterleave, Alias("SettleFollows")]
    Task<long?> SettleFollowsAsync(
        ImmutableArray<SweptPartInput> parts, long version, CancellationToken cancellationToken);

    /// <summary>
    /// The reconciler's: the count was found not to be the number of the edges, or to be it again.
    /// </summary>
    [AlwaysInterleave, Alias("DoubtFollows")]
    Task DoubtFollowsAsync(bool inDoubt, CancellationToken cancellationToken);
}
