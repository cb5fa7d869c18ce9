using AccountGrid.Domain;

namespace AccountGrid.Grains;

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
