namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>
/// The system's clock and timers, with calendar and stopwatch moved as far as a test says. Thread-safe.
/// </summary>
public sealed class SteppedClock : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() =>
        base.GetTimestamp()
        + (long)(TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds * TimestampFrequency);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
