namespace AccountGrid.Storage;

/// <summary>A count and one of its edges, as a join gives them.</summary>
/// <param name="Account">The account.</param>
/// <param name="Count">The count.</param>
/// <param name="Version">The count's version.</param>
/// <param name="At">When it last changed, microseconds since 1970.</param>
/// <param name="Follower">One follower, or <c>null</c> where there is none at all.</param>
public readonly record struct FollowerRow(long Account, long Count, long Version, long At, long? Follower);
