namespace AccountGrid.Domain;

/// <summary>An event with what every journal entry holds.</summary>
/// <param name="Event">The event.</param>
/// <param name="Sequence">Its place in the stream, from 1, gap-free.</param>
/// <param name="At">When, UTC, whole microseconds.</param>
/// <param name="Actor">The person, service or system that did it.</param>
/// <param name="RequestId">The client's idempotency key, if sent.</param>
/// <param name="RequestDigest">
/// SHA-256 over the request and its caller, lower-case hex, if a request id was sent.
/// </param>
/// <param name="TraceId">The W3C trace id, 32 lower-case hex digits, or empty.</param>
/// <typeparam name="TEvent">The stream's event hierarchy.</typeparam>
public sealed record Recorded<TEvent>(
    TEvent Event, long Sequence, DateTimeOffset At, Actor Actor, string? RequestId = null, string? RequestDigest = null,
    string TraceId = "")
    where TEvent : class;
