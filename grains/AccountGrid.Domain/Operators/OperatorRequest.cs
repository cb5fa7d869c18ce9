namespace AccountGrid.Domain;

/// <summary>A command on an operator's record with everything that came with it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Caller">Who, verified.</param>
/// <param name="RequestId">The idempotency key, if sent.</param>
/// <param name="ExpectedPowerVersion">The etag, if sent.</param>
public sealed record OperatorRequest(
    OperatorCommand Command, Caller Caller, string? RequestId = null, long? ExpectedPowerVersion = null);
