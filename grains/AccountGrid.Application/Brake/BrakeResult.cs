using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What came of a request to release the brake.</summary>
/// <param name="View">The brake after it.</param>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
public sealed record BrakeResult(BrakeView View, Refusal? Refusal);
