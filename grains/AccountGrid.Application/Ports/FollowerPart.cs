using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// A part of an account's followers. An account with a count has at least one part, be it empty; parts come by account
/// and follower, ascending.
/// </summary>
/// <param name="Account">The followed account.</param>
/// <param name="Count">The count as the store keeps it, the same in every part.</param>
/// <param name="Followers">Some of the followers, at most <see cref="MaxFollowers"/>.</param>
public sealed record FollowerPart(AccountId Account, FollowerCount Count, ImmutableArray<long> Followers)
{
    /// <summary>Most followers in one part.</summary>
    public const int MaxFollowers = 1_000;
}
