namespace AccountGrid.Grains;

/// <summary>A follower count on its way to a reader.</summary>
[GenerateSerializer, Immutable, Alias("ag.followers")]
public sealed record FollowersInfo(
    [property: Id(0)] long Count,
    [property: Id(1)] DateTimeOffset AsOf,
    [property: Id(2)] CountQuality Quality,
    [property: Id(3)] long Version);
