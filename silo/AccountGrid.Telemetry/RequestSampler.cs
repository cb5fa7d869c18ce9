using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>
/// So many per second: of people's commands, of services', of everything else. Recording a command costs about a third of carrying it out, so at a high rate not every one can be; people have
/// their own share, which no service uses up. Thread-safe.
/// </summary>
/// <param name="settings">How many.</param>
/// <param name="hasCollector">Whether somebody collects: then what a caller asks for is always recorded, because its trace would have a hole, and a few reads without being asked for.</param>
/// <param name="clock">Tells the seconds.</param>
internal sealed class RequestSampler(TraceSettings settings, bool hasCollector, TimeProvider clock) : IRequestSampler
{
    private readonly PerSecond _people = new(settings.PeoplePerSecond);
    private readonly PerSecond _services = new(settings.ServicesPerSecond);
    private readonly PerSecond _others = new(settings.OthersPerSecond);

    /// <inheritdoc />
    public bool Wants(string kind, bool isPerson, bool isAsked)
    {
        if (isAsked && hasCollector)
        {
            return true;
        }

        var second = clock.GetTimestamp() / clock.TimestampFrequency;
        return kind == TraceNames.CommandRequest
            ? (isPerson ? _people : _services).Take(second) || (isAsked && _others.Take(second))
            : (isAsked || hasCollector) && _others.Take(second);
    }

    /// <summary>Roughly: at the turn of a second two threads may let a few more through.</summary>
    private sealed class PerSecond(int limit)
    {
        private long _second;
        private int _taken;

        public bool Take(long second)
        {
            if (Volatile.Read(ref _second) != second && Interlocked.Exchange(ref _second, second) != second)
            {
                Volatile.Write(ref _taken, 0);
            }

            // Looked at first: at a high rate nearly everybody comes too late, and must not fight for the counter.
            return Volatile.Read(ref _taken) < limit && Interlocked.Increment(ref _taken) <= limit;
        }
    }
}
