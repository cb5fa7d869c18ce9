using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Turns events into journal payloads and back. Every event type has a stable name and a version; readers know every
/// version ever written, writers write the newest. Stateless and thread-safe.
/// </summary>
/// <typeparam name="TEvent">The event hierarchy of one kind of stream.</typeparam>
public interface IEventCodec<TEvent>
    where TEvent : class
{
    /// <summary>The stable name, version and UTF-8 JSON of an event.</summary>
    EncodedEvent Encode(TEvent payload);

    /// <summary>Reads an entry back.</summary>
    /// <exception cref="UnknownFormatException">
    /// The type or version is unknown, or the payload is not of its form.
    /// </exception>
    Recorded<TEvent> Decode(JournalEntry entry);
}
