using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Folds one stream entry by entry, each checked against the hash chain. Keeps nothing: heads go in and come out.
/// </summary>
internal sealed class EntryFold<TState, TEvent>(
    StreamId stream, Func<TState, Recorded<TEvent>, TState> evolve, IEventCodec<TEvent> codec)
    where TEvent : class
{
    /// <summary>The head after one more entry, and what it says.</summary>
    /// <exception cref="JournalDamagedException">It is not the next one, was changed, or is impossible.</exception>
    /// <exception cref="UnknownFormatException">It was written by a newer program.</exception>
    public (Head<TState> Head, TEvent Event) After(Head<TState> head, JournalEntry entry)
    {
        if (entry.Sequence != head.Version + 1)
        {
            throw new JournalDamagedException($"In {stream}, entry {head.Version + 1} is missing.");
        }

        if (!EntryHash.Compute(entry, head.Hash.Span).AsSpan().SequenceEqual(entry.Hash.Span))
        {
            throw new JournalDamagedException($"In {stream}, entry {entry.Sequence} does not have its hash.");
        }

        try
        {
            var recorded = codec.Decode(entry);
            return (new(evolve(head.State, recorded), entry.Sequence, entry.Hash), recorded.Event);
        }
        catch (InvalidOperationException impossible)
        {
            throw new JournalDamagedException(
                $"In {stream}, entry {entry.Sequence} cannot follow what is before it.", impossible);
        }
    }
}
