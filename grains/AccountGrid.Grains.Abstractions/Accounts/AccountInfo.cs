using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>One account as its grain answers it. Immutable: nothing is copied on its way to a local caller.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Handle">The name that the network shows.</param>
/// <param name="Status">Derived from the holds.</param>
/// <param name="Version">The journal's length.</param>
/// <param name="StateVersion">What the etag stands for.</param>
/// <param name="Tier">The tier at this instant.</param>
/// <param name="Designation">The explicit protection.</param>
/// <param name="Holds">What keeps it down.</param>
/// <param name="Proposal">What is pending.</param>
/// <param name="Followers">The count and how far it can be trusted.</param>
[GenerateSerializer, Immutable, Alias("ag.account")]
public sealed partial record AccountInfo(
    [property: Id(0)] long Id,
    [property: Id(1)] string Handle,
    [property: Id(2)] AccountStatus Status,
    [property: Id(3)] long Version,
    [property: Id(4)] long StateVersion,
    [property: Id(5)] Tier Tier,
    [property: Id(6)] DesignationInfo? Designation,
    [property: Id(7)] ImmutableArray<HoldInfo> Holds,
    [property: Id(8)] ProposalInfo? Proposal,
    [property: Id(9)] FollowersInfo Followers)
{
    /// <summary>The protection by reach; <c>null</c> also from a silo of a version that does not know it.</summary>
    [Id(40)]
    public ReachInfo? Reach { get; init; }

    /// <summary>The followers lost; <c>null</c> also from a silo of a version that does not know it.</summary>
    [Id(41)]
    public LossInfo? Losses { get; init; }
}
