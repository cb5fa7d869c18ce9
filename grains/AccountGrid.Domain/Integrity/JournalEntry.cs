namespace AccountGrid.Domain;

/// <summary>
/// One entry of a journal exactly as a store keeps it. The payload is the event in its encoded form: hashes cover these
/// bytes, so that no later change of a codec can make an old entry look tampered with.
/// </summary>
/// <param name="Stream">The stream that it is an entry of.</param>
/// <param name="Sequence">Place in the stream, from 1, gap-free.</param>
/// <param name="At">When, UTC, whole microseconds.</param>
/// <param name="Actor">The person, service or system that did it.</param>
/// <param name="Type">The event's stable name, such as <c>hold-placed</c>.</param>
/// <param name="TypeVersion">The version of the event's encoding, from 1.</param>
/// <param name="Payload">The event's fields as UTF-8 JSON.</param>
/// <param name="TraceId">W3C trace id in hex, or empty.</param>
/// <param name="RequestId">The idempotency key, or <c>null</c>.</param>
/// <param name="RequestDigest">SHA-256 hex of the request, where there is a request id.</param>
/// <param name="Hash">
/// SHA-256 over all of the above and the hash of the entry before: see <see cref="EntryHash"/>. 32 bytes.
/// </param>
public sealed record JournalEntry(
    StreamId Stream, long Sequence, DateTimeOffset At, Actor Actor, string Type, int TypeVersion,
    ReadOnlyMemory<byte> Payload,
    string TraceId, string? RequestId, string? RequestDigest, ReadOnlyMemory<byte> Hash);
