namespace AccountGrid.Domain;

/// <summary>A command on the policy record with everything that came with it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Caller">Who, verified.</param>
/// <param name="RequestId">The idempotency key, if sent.</param>
/// <param name="ExpectedPolicyVersion">The etag, if sent.</param>
public sealed record PolicyRequest(
    PolicyCommand Command, Caller Caller, string? RequestId = null, long? ExpectedPolicyVersion = null);
