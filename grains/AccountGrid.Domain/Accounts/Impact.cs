namespace AccountGrid.Domain;

/// <summary>What a harmful action would touch, as shown to the people who decide.</summary>
/// <param name="Followers">
/// Followers at that instant; <c>null</c> when the ledger could not say, which counts as protected.
/// </param>
/// <param name="Tier">The tier at that instant.</param>
public sealed record Impact(long? Followers, Tier Tier);
