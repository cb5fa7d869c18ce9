using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>
/// Records into memory where there is no collector. A listener of its own and not the SDK, because that makes an activity also of each span that it does not want, and there is one
/// for every call of a read. Thread-safe.
/// </summary>
internal sealed class TraceListener : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly TraceRing _ring;
    private readonly TimeProvider _clock;
    private readonly int _askedPerSecond;
    private long _second;
    private int _taken;

    /// <summary>Begins to listen.</summary>
    public TraceListener(TraceRing ring, TraceSettings settings, TimeProvider clock)
    {
        (_ring, _clock, _askedPerSecond) = (ring, clock, settings.AskedPerSecond);
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => TraceRules.Sources.Contains(source.Name, StringComparer.Ordinal),
            Sample = Sample,
            ActivityStopped = Stopped,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> span) =>
        (TraceRules.RequestKindOf(span.Tags) is { } kind ? Wants(kind, span.Parent) : TraceRules.WantsInner(span.Name, span.Parent, span.Links))
            ? ActivitySamplingResult.AllDataAndRecorded
            : ActivitySamplingResult.None;

    private bool Wants(string kind, ActivityContext parent) => kind == TraceNames.CommandRequest || (TraceRules.IsRecorded(parent) && Take());

    /// <summary>Roughly: two threads at the turn of a second may let one more through.</summary>
    private bool Take()
    {
        var second = _clock.GetUtcNow().ToUnixTimeSeconds();
        if (Interlocked.Exchange(ref _second, second) != second)
        {
            Volatile.Write(ref _taken, 0);
        }

        return Interlocked.Increment(ref _taken) <= _askedPerSecond;
    }

    private void Stopped(Activity activity)
    {
        SpanCleaner.Clean(activity);
        _ring.Add(activity);
    }
}
