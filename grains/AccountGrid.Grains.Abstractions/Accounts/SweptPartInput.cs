namespace AccountGrid.Grains;

/// <summary>A part of an account's edges that the reconciler counted.</summary>
/// <param name="Last">Its last follower, inclusive; it begins where the part before ends.</param>
/// <param name="Version">The version of the count that it saw.</param>
[GenerateSerializer, Immutable, Alias("ag.swept-part")]
public readonly record struct SweptPartInput([property: Id(0)] long Last, [property: Id(1)] long Version);
