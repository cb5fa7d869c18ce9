namespace AccountGrid.Domain;

/// <summary>What comes of a request to release the brake.</summary>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
/// <param name="Event">To append; <c>null</c> where nothing changes, as for a request that is repeated.</param>
public sealed record BrakeDecision(Refusal? Refusal, BrakeEvent? Event);
