namespace AccountGrid.Domain;

/// <summary>A command with everything that came with it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Caller">Who, verified.</param>
/// <param name="RequestId">The idempotency key, if sent.</param>
/// <param name="ExpectedStateVersion">The etag, if sent.</param>
public sealed record AccountRequest(
    AccountCommand Command, Caller Caller, string? RequestId = null, long? ExpectedStateVersion = null);
