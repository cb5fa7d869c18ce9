namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>The system's clock and timers, with the calendar moved as far as a test says. Thread-safe.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);
}
