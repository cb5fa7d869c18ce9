namespace AccountGrid.Domain;

/// <summary>The request to release the brake.</summary>
/// <param name="Caller">Who, verified.</param>
/// <param name="Note">Why; not empty.</param>
/// <param name="RequestId">The idempotency key, if sent.</param>
public sealed record BrakeReleaseRequest(Caller Caller, string Note, string? RequestId = null);
