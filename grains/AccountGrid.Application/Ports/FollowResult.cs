using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>What a batch changed.</summary>
/// <param name="Changed">For each change, in order, whether it changed a row.</param>
/// <param name="After">The count after the batch.</param>
public sealed record FollowResult(ImmutableArray<bool> Changed, FollowerCount After);
