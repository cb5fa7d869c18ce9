namespace AccountGrid.Grains;

/// <summary>A protection by reach.</summary>
/// <param name="Since">When the followers first reached the threshold.</param>
/// <param name="BelowSince">Since when they are below it; <c>null</c> while they are not.</param>
/// <param name="EndsAt">When the protection ends, if they stay below it; <c>null</c> while they are not.</param>
[GenerateSerializer, Immutable, Alias("ag.reach")]
public sealed record ReachInfo(
    [property: Id(0)] DateTimeOffset Since,
    [property: Id(1)] DateTimeOffset? BelowSince,
    [property: Id(2)] DateTimeOffset? EndsAt);
