using System.Diagnostics;

namespace AccountGrid.Telemetry;

/// <summary>
/// Records into memory where there is no collector. A listener of its own and not the SDK, because that makes an activity also of each span that it does not want, and there is one
/// for every call of a read. Thread-safe.
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
                TraceRules.Wants(span.Name, span.Parent, span.Tags, span.Links) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
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
