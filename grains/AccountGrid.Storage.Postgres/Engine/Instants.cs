using AccountGrid.Domain;

namespace AccountGrid.Storage.Postgres;

/// <summary>Instants in rows: microseconds since 1970, UTC.</summary>
internal static class Instants
{
    private static readonly long Min = Microseconds.Of(DateTimeOffset.MinValue);
    private static readonly long Max = Microseconds.Of(DateTimeOffset.MaxValue);

    /// <summary>Reads a column. A number beyond the calendar, which only tampering can make, becomes the calendar's nearest end.</summary>
    public static DateTimeOffset Of(long microseconds) => Microseconds.ToInstant(Math.Clamp(microseconds, Min, Max));
}
