using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What came of a batch of follows.</summary>
/// <param name="Changed">How many of this caller's changes changed something.</param>
/// <param name="After">
/// The count after the transaction, which may have held other callers' batches too; <c>null</c> when refused, or when
/// the batch was empty and the ledger cannot say.
/// </param>
/// <param name="Refusal">The reason, where the batch was refused.</param>
public sealed record FollowOutcome(int Changed, FollowerCount? After, Refusal? Refusal);
