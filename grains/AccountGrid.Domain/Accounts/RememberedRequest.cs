namespace AccountGrid.Domain;

/// <summary>
/// A request id that acted on this account, and what it got. Kept so that a retry gets the same answer.
/// </summary>
/// <param name="Id">The client's idempotency key.</param>
/// <param name="Digest">SHA-256 of the whole request with its caller, lower-case hex.</param>
/// <param name="Outcome">What it got.</param>
/// <param name="ProposalSequence">The proposal that it opened or acted on, where there was one.</param>
/// <param name="Refusal">The recorded refusal, where it was refused.</param>
/// <param name="At">When it was answered, as its entry says.</param>
/// <param name="By">The caller, as its entry says.</param>
public sealed record RememberedRequest(
    string Id, string Digest, Outcome Outcome, long? ProposalSequence, Refusal? Refusal, DateTimeOffset At, Actor By);
