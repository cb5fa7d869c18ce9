using System.Diagnostics.Metrics;

namespace AccountGrid.Application;

/// <summary>How many wait in the queues of this silo's accounts and operators. Thread-safe.</summary>
public sealed class QueueMeters
{
    internal QueueMeters(Meter meter) => meter.CreateObservableGauge(
        "accountgrid.queue.depth",
        () => new Measurement<long>[] { new(Commands.Value, Queue("commands")), new(Follows.Value, Queue("follows")) },
        "{turn}",
        "Waiting for a turn in this silo, by queue: commands of accounts and operators, follow batches of accounts.");

    /// <summary>Commands that wait for their turn.</summary>
    internal WaitCount Commands { get; } = new();

    /// <summary>Follow batches that wait for the transaction before.</summary>
    internal WaitCount Follows { get; } = new();

    private static KeyValuePair<string, object?> Queue(string name) => new("queue", name);
}

/// <summary>Counts who waits, over many queues. Thread-safe.</summary>
internal sealed class WaitCount
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Enter() => Interlocked.Increment(ref _value);

    public void Leave() => Interlocked.Decrement(ref _value);
}
