using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>One account at one instant, as published to readers; immutable.</summary>
/// <param name="State">What the journal says. <see cref="AccountState.IsRegistered"/> is <c>false</c> for an unknown account.</param>
/// <param name="Followers">The exact count; <c>null</c> while the ledger cannot say.</param>
/// <param name="LastKnownFollowers">The last count known, perhaps of an earlier time; <c>null</c> where none is known.</param>
/// <param name="Tier">The tier; protected while the count is unknown.</param>
public sealed record AccountView(AccountState State, FollowerCount? Followers, FollowerCount? LastKnownFollowers, Tier Tier);

/// <summary>What came of a command.</summary>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="View">The account after it.</param>
/// <param name="ProposalSequence">The proposal that was opened or acted on.</param>
/// <param name="Refusal">Why not.</param>
public sealed record AccountResult(Outcome Outcome, AccountView View, long? ProposalSequence, Refusal? Refusal)
{
    internal static AccountResult Refused(AccountView view, Refusal refusal, long? proposalSequence = null) =>
        new(Outcome.Refused, view, proposalSequence, refusal);
}

/// <summary>What came of a batch of follows.</summary>
/// <param name="Changed">How many of this caller's changes changed something.</param>
/// <param name="After">
/// The count after the transaction, which may have held other callers' batches too; <c>null</c> when refused, or when the batch
/// was empty and the ledger cannot say.
/// </param>
/// <param name="Refusal">Why not.</param>
public sealed record FollowOutcome(int Changed, FollowerCount? After, Refusal? Refusal);
