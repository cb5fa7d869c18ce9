using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>An account's count.</summary>
public readonly record struct LoadedCount(AccountId Account, FollowerCount Count);
