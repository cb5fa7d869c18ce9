using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>
/// Limits the recorded requests per second, separately for people's commands, services' commands and all others.
/// Recording a command costs about a third of executing it, so at a high rate not every one is recorded. Thread-safe.
/// </summary>
/// <param name="settings">The limits.</param>
/// <param name="hasCollector">
/// Whether there is a collector: then a request whose caller records is always recorded, because the caller's trace
/// would otherwise have a gap, and reads are recorded also where the caller does not.
/// </param>
/// <param name="clock">Measures the seconds.</param>
internal sealed class RequestSampler(TraceSettings settings, bool hasCollector, TimeProvider clock) : IRequestSampler
{
    private readonly PerSecond _people = new(settings.PeoplePerSecond);
    private readonly PerSecond _services = new(settings.ServicesPerSecond);
    private readonly PerSecond _others = new(settings.OthersPerSecond);

    /// <inheritdoc />
    public bool ShouldRecord(string kind, bool isPerson, bool isAsked)
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

    /// <summary>Approximate: two threads may let a few more through when a second begins.</summary>
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

            // Read first: at a high rate nearly every request is over the limit and must not contend for the counter.
            return Volatile.Read(ref _taken) < limit && Interlocked.Increment(ref _taken) <= limit;
        }
    }
}
