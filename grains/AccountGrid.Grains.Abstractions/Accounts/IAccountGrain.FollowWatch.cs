using System.Collections.Immutable;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>A part of an account's edges that the reconciler counted.</summary>
/// <param name="Last">Its last follower, inclusive; it begins where the part before ends.</param>
/// <param name="Version">The version of the count that it saw.</param>
[GenerateSerializer, Immutable, Alias("ag.swept-part")]
public readonly record struct SweptPartInput([property: Id(0)] long Last, [property: Id(1)] long Version);

public partial interface IAccountGrain
{
    /// <summary>The reconciler's: remember which edges change from now on. The version from which it does; <c>null</c> where it cannot.</summary>
    [AlwaysInterleave, Alias("WatchFollows")]
    Task<long?> WatchFollowsAsync(CancellationToken cancellationToken);

    /// <summary>The reconciler's: by how much the edges grew between what each part saw and a version; <c>null</c> where not every change in between is known.</summary>
    [AlwaysInterleave, Alias("SettleFollows")]
    Task<long?> SettleFollowsAsync(ImmutableArray<SweptPartInput> parts, long version, CancellationToken cancellationToken);
}
