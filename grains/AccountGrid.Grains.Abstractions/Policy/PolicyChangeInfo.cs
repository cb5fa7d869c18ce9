namespace AccountGrid.Grains;

/// <summary>What becomes of a setting of the policy.</summary>
[GenerateSerializer, Immutable, Alias("ag.policy-change")]
public sealed record PolicyChangeInfo(
    [property: Id(0)] string Name, [property: Id(1)] string From, [property: Id(2)] string To,
    [property: Id(3)] bool Weakens);
