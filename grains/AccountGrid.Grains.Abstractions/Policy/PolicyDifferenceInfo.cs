namespace AccountGrid.Grains;

/// <summary>A setting that a silo's configuration names with another value than the one in force.</summary>
[GenerateSerializer, Immutable, Alias("ag.policy-difference")]
public sealed record PolicyDifferenceInfo(
    [property: Id(0)] string Name, [property: Id(1)] string InForce, [property: Id(2)] string Own,
    [property: Id(3)] bool IsWeaker);
