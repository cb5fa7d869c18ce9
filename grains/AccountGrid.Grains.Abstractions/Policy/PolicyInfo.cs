using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>The policy record as the grain answers it; without values where nothing is recorded yet.</summary>
[GenerateSerializer, Immutable, Alias("ag.policy")]
public sealed record PolicyInfo(
    [property: Id(0)] ImmutableArray<PolicyValueInfo> Values,
    [property: Id(1)] long Version,
    [property: Id(2)] long PolicyVersion,
    [property: Id(3)] PolicyProposalInfo? Proposal);
