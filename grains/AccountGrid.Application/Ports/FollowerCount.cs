namespace AccountGrid.Application;

/// <summary>
/// A follower count that was exact at <paramref name="AsOf"/> and is until <paramref name="Version"/> moves.
/// </summary>
/// <param name="Count">Followers, 0 or more.</param>
/// <param name="Version">Grows by one with every batch that changed something.</param>
/// <param name="AsOf">When it last changed; the epoch where it never did.</param>
public sealed record FollowerCount(long Count, long Version, DateTimeOffset AsOf);
