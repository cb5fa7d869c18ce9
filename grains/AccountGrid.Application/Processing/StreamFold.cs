using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>A folded journal up to one entry. Immutable.</summary>
/// <param name="State">The state after that entry.</param>
/// <param name="Version">Its sequence; 0 = before the first.</param>
/// <param name="Hash">Its hash; empty before the first.</param>
/// <typeparam name="TState">The stream's state.</typeparam>
internal sealed record Head<TState>(TState State, long Version, ReadOnlyMemory<byte> Hash);

/// <summary>Entries ready to be appended, and the head after them.</summary>
internal sealed record PreparedAppend<TState>(ImmutableArray<JournalEntry> Entries, Head<TState> After);

/// <summary>The facts that all entries of one append share.</summary>
internal readonly record struct EntryFacts(
    DateTimeOffset At, Actor Actor, string? RequestId, string? RequestDigest, string TraceId);

/// <summary>
/// Folds one stream's journal forward and prepares what is appended to it. Keeps nothing: heads go in and come out, so
/// that a reader and a writer of the same processor may be under way at once. Every entry read is checked against the
/// hash chain.
/// </summary>
internal sealed class StreamFold<TState, TEvent>(
    StreamId stream, Func<TState, Recorded<TEvent>, TState> evolve, IJournal journal, IEventCodec<TEvent> codec,
    int pageSize)
    where TEvent : class
{
    private readonly EntryFold<TState, TEvent> _entries = new(stream, evolve, codec);

    /// <summary>The stream that is folded.</summary>
    public StreamId Stream => stream;

    /// <summary>The head after every entry that the store has beyond <paramref name="from"/>.</summary>
    /// <exception cref="JournalDamagedException">An entry is missing, doubled, changed or impossible.</exception>
    /// <exception cref="UnknownFormatException">An entry was written by a newer program.</exception>
    public async Task<Head<TState>> ReadForwardAsync(Head<TState> from, CancellationToken cancellationToken)
    {
        var head = from;
        while (true)
        {
            var page = await journal.ReadAsync(stream, head.Version + 1, pageSize, cancellationToken);
            Debug.Assert(page.Length <= pageSize, "A full page means that there may be more.");
            head = Fold(head, page);
            if (page.Length < pageSize)
            {
                return head;
            }
        }
    }

    /// <summary>
    /// The head beyond <paramref name="from"/>, which is trusted only if the store's entry at its version has its hash;
    /// <c>null</c> if not.
    /// </summary>
    public async Task<Head<TState>?> ResumeAsync(Head<TState> from, CancellationToken cancellationToken)
    {
        var page = await journal.ReadAsync(stream, from.Version, pageSize, cancellationToken);
        if (page.IsEmpty || page[0].Sequence != from.Version || !page[0].Hash.Span.SequenceEqual(from.Hash.Span))
        {
            return null;
        }

        var head = Fold(from, page.RemoveAt(0));
        return page.Length < pageSize ? head : await ReadForwardAsync(head, cancellationToken);
    }

    /// <summary>
    /// Encodes and chains events behind <paramref name="head"/>. The state after them is folded from the encoded form,
    /// so that memory is exactly what a reload would give.
    /// </summary>
    public PreparedAppend<TState> Prepare(Head<TState> head, ImmutableArray<TEvent> events, EntryFacts facts)
    {
        Debug.Assert(head.Hash.IsEmpty == (head.Version == 0), "A head has the hash of its last entry, if it has any.");
        var entries = ImmutableArray.CreateBuilder<JournalEntry>(events.Length);
        foreach (var payload in events)
        {
            var encoded = codec.Encode(payload);
            var entry = new JournalEntry(
                stream, head.Version + 1, facts.At, facts.Actor, encoded.Type, encoded.TypeVersion, encoded.Payload,
                facts.TraceId, facts.RequestId, facts.RequestDigest, Hash: default);
            entry = entry with { Hash = EntryHash.Compute(entry, head.Hash.Span) };
            entries.Add(entry);
            head = new(evolve(head.State, codec.Decode(entry)), entry.Sequence, entry.Hash);
        }

        return new(entries.MoveToImmutable(), head);
    }

    private Head<TState> Fold(Head<TState> head, ImmutableArray<JournalEntry> page) =>
        page.Aggregate(head, (before, entry) => _entries.After(before, entry).Head);
}
