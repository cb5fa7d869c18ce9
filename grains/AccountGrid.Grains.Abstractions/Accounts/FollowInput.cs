namespace AccountGrid.Grains;

/// <summary>One follow or unfollow.</summary>
[GenerateSerializer, Immutable, Alias("ag.follow")]
public readonly record struct FollowInput([property: Id(0)] long Follower, [property: Id(1)] bool Follows);
