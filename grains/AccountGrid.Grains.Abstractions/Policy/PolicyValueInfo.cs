namespace AccountGrid.Grains;

/// <summary>A setting of the policy and its value.</summary>
[GenerateSerializer, Immutable, Alias("ag.policy-value")]
public sealed record PolicyValueInfo([property: Id(0)] string Name, [property: Id(1)] string Value);
