using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps instants.</summary>
internal static class TimeMapping
{
    /// <summary>The instant; absent for <c>null</c>.</summary>
    public static Timestamp? ToProto(DateTimeOffset? at) => at is { } instant ? ToProto(instant) : null;

    /// <summary>The instant.</summary>
    public static Timestamp ToProto(DateTimeOffset at)
    {
        // Faster than Timestamp.FromDateTimeOffset; a read maps several.
        var ticks = at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        return new Timestamp { Seconds = seconds, Nanos = (int)rest * 100 };
    }
}
