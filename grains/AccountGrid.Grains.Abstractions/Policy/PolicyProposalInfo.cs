using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>A change of the policy that waits, as the grain answers it.</summary>
[GenerateSerializer, Immutable, Alias("ag.policy-proposal")]
public sealed record PolicyProposalInfo(
    [property: Id(0)] long Sequence,
    [property: Id(1)] ProposalState State,
    [property: Id(2)] ImmutableArray<PolicyChangeInfo> Changes,
    [property: Id(3)] string Note,
    [property: Id(4)] string Digest,
    [property: Id(5)] string ProposedBy,
    [property: Id(6)] DateTimeOffset ProposedAt,
    [property: Id(7)] string? ApprovedBy,
    [property: Id(8)] DateTimeOffset DueAt);
