namespace AccountGrid.Grains;

/// <summary>What came of a batch of follows.</summary>
/// <param name="Changed">How many of them changed something.</param>
/// <param name="Followers">The count after; <c>null</c> when refused.</param>
/// <param name="Refusal">The refusal, or <c>null</c>.</param>
[GenerateSerializer, Immutable, Alias("ag.follow-reply")]
public sealed record FollowReply(
    [property: Id(0)] int Changed, [property: Id(1)] FollowersInfo? Followers, [property: Id(2)] RefusalInfo? Refusal);
