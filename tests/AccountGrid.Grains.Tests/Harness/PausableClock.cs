namespace AccountGrid.Grains.Tests;

/// <summary>
/// The monotonic clock of a process that a test stops and wakes: during a pause no timer fires, and after it each timer
/// fires once, late. Thread-safe.
/// </summary>
public sealed class PausableClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Alarm> _alarms = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>Time goes on, and nothing runs.</summary>
    public void StandStill(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

    /// <summary>Time goes on in steps as short as a beat, and what is due in each runs.</summary>
    public void Run(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= PauseGuard.BeatInterval)
        {
            Interlocked.Add(ref _now, PauseGuard.BeatInterval.Ticks);
            Wake();
        }
    }

    /// <summary>What is due runs.</summary>
    public void Wake()
    {
        Alarm[] alarms;
        lock (_gate)
        {
            alarms = [.. _alarms];
        }

        foreach (var alarm in alarms)
        {
            alarm.FireIfDue(GetTimestamp());
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        lock (_gate)
        {
            _alarms.Add(alarm);
        }

        return alarm;
    }

    private sealed class Alarm(PausableClock clock, Action fire) : ITimer
    {
        private readonly Lock _gate = new();
        private long? _due;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetTimestamp() + dueTime.Ticks;
                _period = period;
                return true;
            }
        }

        public void FireIfDue(long now)
        {
            lock (_gate)
            {
                if (_due is not { } due || due > now)
                {
                    return;
                }

                _due = _period > TimeSpan.Zero ? now + _period.Ticks : null;
            }

            fire();
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lock (clock._gate)
            {
                clock._alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
