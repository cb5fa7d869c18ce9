using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>A follow edge.</summary>
public readonly record struct LoadedEdge(AccountId Account, long Follower);
