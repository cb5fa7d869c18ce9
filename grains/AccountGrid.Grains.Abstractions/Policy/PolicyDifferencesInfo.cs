using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>How a silo's settings differ from the policy in force.</summary>
/// <param name="Version">The version of the policy record that the silo has seen; 0 = none.</param>
/// <param name="Differences">The settings, in the order of their table.</param>
[GenerateSerializer, Immutable, Alias("ag.policy-differences")]
public sealed record PolicyDifferencesInfo(
    [property: Id(0)] long Version, [property: Id(1)] ImmutableArray<PolicyDifferenceInfo> Differences);
