using System.Diagnostics;

namespace AccountGrid.Telemetry;

/// <summary>
/// Records into memory where there is no collector. A listener of our own, because OpenTelemetry's SDK makes an
/// activity also for a span that is not recorded, and every call of a read has one. Thread-safe.
/// </summary>
internal sealed class TraceListener : IDisposable
{
    private readonly ActivityListener _listener;

    /// <summary>Begins to listen.</summary>
    public TraceListener(TraceRing ring)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => TraceRules.Sources.Contains(source.Name, StringComparer.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> span) =>
                TraceRules.ShouldRecord(span.Name, span.Parent, span.Tags, span.Links)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                SpanCleaner.Clean(span);
                ring.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();
}
