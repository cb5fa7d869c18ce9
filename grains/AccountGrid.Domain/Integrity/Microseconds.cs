namespace AccountGrid.Domain;

/// <summary>Instants as whole microseconds since 1970-01-01 UTC: what stores hold and hashes cover.</summary>
public static class Microseconds
{
    /// <summary>The instant as microseconds, the rest cut off.</summary>
    public static long Of(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The instant, in UTC.</summary>
    public static DateTimeOffset ToInstant(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>
    /// The instant cut to whole microseconds in UTC, so that what is decided on is exactly what is stored.
    /// </summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant) => ToInstant(Of(instant));
}
