namespace AccountGrid.Domain;

/// <summary>
/// The per-stream hash chain. Canonical bytes, in order: the domain <c>accountgrid.entry.v1</c> and a zero byte;
/// previous hash (empty for sequence 1); stream; sequence; time in microseconds; actor kind; actor subject; type; type
/// version; payload; trace id; request id; request digest. Integers are 8 bytes big-endian, texts and bytes stand
/// behind their length, an absent text is length -1.
/// </summary>
public static class EntryHash
{
    /// <summary>Bytes in a hash.</summary>
    public const int Length = 32;

    /// <summary>
    /// The hash of an entry that follows an entry with hash <paramref name="previous"/> (empty for the first); ignores
    /// <see cref="JournalEntry.Hash"/>.
    /// </summary>
    public static byte[] Compute(JournalEntry entry, ReadOnlySpan<byte> previous) =>
        new CanonicalWriter("accountgrid.entry.v1")
            .Add(previous)
            .Add(entry.Stream.Value).Add(entry.Sequence).Add(Microseconds.Of(entry.At))
            .Add((long)entry.Actor.Kind).Add(entry.Actor.Subject)
            .Add(entry.Type).Add(entry.TypeVersion).Add(entry.Payload.Span)
            .Add(entry.TraceId).Add(entry.RequestId).Add(entry.RequestDigest)
            .Sha256();
}
