using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>One account as its grain answers it. Immutable: nothing is copied on its way to a local caller.</summary>
/// <param name="Id">Which account.</param>
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
    [property: Id(9)] FollowersInfo Followers);

/// <summary>How far a count can be trusted (law 3: exact, or it says it is not).</summary>
public enum CountQuality
{
    /// <summary>Exactly the number of follow edges.</summary>
    Exact = 1,

    /// <summary>The ledger could not be read; the count is the last one known, of the time given.</summary>
    AsOf = 2,

    /// <summary>The ledger could not be read and no earlier count is known.</summary>
    Unavailable = 3,
}

/// <summary>A follower count on its way to a reader.</summary>
[GenerateSerializer, Immutable, Alias("ag.followers")]
public sealed record FollowersInfo(
    [property: Id(0)] long Count,
    [property: Id(1)] DateTimeOffset AsOf,
    [property: Id(2)] CountQuality Quality,
    [property: Id(3)] long Version);

/// <summary>What keeps an account down.</summary>
[GenerateSerializer, Immutable, Alias("ag.hold")]
public sealed record HoldInfo(
    [property: Id(0)] HoldKind Kind,
    [property: Id(1)] ActorInfo PlacedBy,
    [property: Id(2)] string? ApprovedBy,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] string Reason,
    [property: Id(5)] DateTimeOffset? Until);

/// <summary>The explicit protection.</summary>
[GenerateSerializer, Immutable, Alias("ag.designation")]
public sealed record DesignationInfo(
    [property: Id(0)] string Owner,
    [property: Id(1)] string Reason,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset ReviewAt);

/// <summary>The actor of an entry, a hold or a proposal.</summary>
[GenerateSerializer, Immutable, Alias("ag.actor")]
public sealed record ActorInfo([property: Id(0)] ActorKind Kind, [property: Id(1)] string Subject);

/// <summary>A pending proposal.</summary>
[GenerateSerializer, Immutable, Alias("ag.proposal")]
public sealed record ProposalInfo(
    [property: Id(0)] long Account,
    [property: Id(1)] long Sequence,
    [property: Id(2)] ProposalState State,
    [property: Id(3)] HarmInput Action,
    [property: Id(4)] string Digest,
    [property: Id(5)] long? ShownFollowers,
    [property: Id(6)] Tier ShownTier,
    [property: Id(7)] ActorInfo ProposedBy,
    [property: Id(8)] DateTimeOffset ProposedAt,
    [property: Id(9)] string? ApprovedBy,
    [property: Id(10)] DateTimeOffset DueAt);

/// <summary>What a visitor may see of an account that is up.</summary>
[GenerateSerializer, Immutable, Alias("ag.public-account")]
public sealed record PublicAccountInfo([property: Id(0)] long Id, [property: Id(1)] string Handle, [property: Id(2)] FollowersInfo Followers);
