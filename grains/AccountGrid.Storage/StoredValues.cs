using System.Globalization;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage;

/// <summary>
/// Values as every store keeps them in columns, and what is done about values that only tampering can leave.
/// </summary>
public static class StoredValues
{
    private static readonly long MinInstant = Microseconds.Of(DateTimeOffset.MinValue);
    private static readonly long MaxInstant = Microseconds.Of(DateTimeOffset.MaxValue);

    /// <summary>
    /// An instant from microseconds since 1970, UTC. A number outside the calendar becomes its nearest end.
    /// </summary>
    public static DateTimeOffset Instant(long microseconds) =>
        Microseconds.ToInstant(Math.Clamp(microseconds, MinInstant, MaxInstant));

    /// <summary>An account of the index.</summary>
    /// <exception cref="JournalDamagedException">No account can have the number.</exception>
    public static AccountId Account(long value) => AccountId.TryCreate(value, out var account)
        ? account
        : throw new JournalDamagedException("The index names an account that cannot exist.");

    /// <summary>An operator of the index.</summary>
    /// <exception cref="JournalDamagedException">No operator can have the name.</exception>
    public static OperatorId Operator(string value) => OperatorId.TryParse(value, out var person)
        ? person
        : throw new JournalDamagedException("The index names an operator who cannot exist.");

    /// <summary>A stream of the index, and its version there.</summary>
    /// <exception cref="JournalDamagedException">No stream can have the name.</exception>
    public static StreamHead Head(string stream, long version) => StreamId.TryParse(stream, out var id)
        ? new StreamHead(id, version)
        : throw new JournalDamagedException("The index names a stream that cannot exist.");

    /// <summary>The stream of a journal entry.</summary>
    /// <exception cref="JournalDamagedException">No stream can have the name.</exception>
    public static StreamId StreamAt(long position, string name) => StreamId.TryParse(name, out var stream)
        ? stream
        : throw new JournalDamagedException(string.Create(
            CultureInfo.InvariantCulture,
            $"Position {position} stands in a stream with an impossible name of {name.Length} characters."));
}
