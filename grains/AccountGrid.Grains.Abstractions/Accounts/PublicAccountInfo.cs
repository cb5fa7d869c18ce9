namespace AccountGrid.Grains;

/// <summary>What a visitor may see of an account that is up.</summary>
[GenerateSerializer, Immutable, Alias("ag.public-account")]
public sealed record PublicAccountInfo(
    [property: Id(0)] long Id, [property: Id(1)] string Handle, [property: Id(2)] FollowersInfo Followers);
