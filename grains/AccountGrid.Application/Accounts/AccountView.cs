using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>One account at one instant, as published to readers; immutable.</summary>
/// <param name="State">
/// What the journal says. <see cref="AccountState.IsRegistered"/> is <c>false</c> for an unknown account.
/// </param>
/// <param name="Followers">The exact count; <c>null</c> while the ledger cannot say.</param>
/// <param name="LastKnownFollowers">
/// The last count known, perhaps of an earlier time; <c>null</c> where none is known.
/// </param>
/// <param name="Policy">The numbers behind <see cref="Tier"/>.</param>
public sealed record AccountView(
    AccountState State, FollowerCount? Followers, FollowerCount? LastKnownFollowers, AccountPolicy Policy)
{
    /// <summary>The tier; protected while the count is unknown.</summary>
    public Tier Tier { get; } = State.TierWith(Followers?.Count, Policy);
}
