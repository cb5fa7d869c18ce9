using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>A change of power that waits, as the grain answers it.</summary>
[GenerateSerializer, Immutable, Alias("ag.power-proposal")]
public sealed record PowerProposalInfo(
    [property: Id(0)] string Operator,
    [property: Id(1)] long Sequence,
    [property: Id(2)] ProposalState State,
    [property: Id(3)] PowerChangeKind Kind,
    [property: Id(4)] Roles Roles,
    [property: Id(5)] string DisplayName,
    [property: Id(6)] DateTimeOffset? AuthorityEndsAt,
    [property: Id(7)] string PersonId,
    [property: Id(8)] string Note,
    [property: Id(9)] string Digest,
    [property: Id(10)] string ProposedBy,
    [property: Id(11)] DateTimeOffset ProposedAt,
    [property: Id(12)] string? ApprovedBy,
    [property: Id(13)] DateTimeOffset DueAt);
