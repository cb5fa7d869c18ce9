namespace AccountGrid.Application;

/// <summary>A part of an account's edges that was counted.</summary>
/// <param name="Last">Its last follower, inclusive; it begins where the part before ends.</param>
/// <param name="Version">The version that was counted.</param>
public readonly record struct SweptPart(long Last, long Version);
