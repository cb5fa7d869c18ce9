using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AccountGrid.Application.Tests;

/// <summary>What one world records while a test runs.</summary>
internal sealed class Recording : IDisposable
{
    private readonly ActivityListener _spans;
    private readonly MeterListener _numbers = new();

    public Recording(World world)
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source == world.Diagnostics.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_spans);
        _numbers.InstrumentPublished = (instrument, listener) =>
        {
            if (world.Meters.Owns(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _numbers.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _numbers.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _numbers.Start();
    }

    public ConcurrentQueue<Activity> Spans { get; } = new();

    public ConcurrentQueue<(string Name, double Value, string Tags)> Numbers { get; } = new();

    public double Sum(string name, string tags = "") =>
        Numbers.Where(n => n.Name == name && n.Tags.Contains(tags, StringComparison.Ordinal)).Sum(n => n.Value);

    public void Dispose()
    {
        _spans.Dispose();
        _numbers.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
        Numbers.Enqueue((instrument.Name, value, text));
    }
}
