using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>One follow or unfollow.</summary>
/// <param name="Follower">The account that follows.</param>
/// <param name="Follows">Whether it follows from now on.</param>
public readonly record struct FollowChange(AccountId Follower, bool Follows);
