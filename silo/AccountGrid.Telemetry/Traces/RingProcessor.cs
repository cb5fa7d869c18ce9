using System.Diagnostics;
using OpenTelemetry;

namespace AccountGrid.Telemetry;

/// <summary>
/// Keeps the spans that go to a collector in memory too. Runs before the exporter, which then sends the cleaned spans.
/// </summary>
internal sealed class RingProcessor(TraceRing ring) : BaseProcessor<Activity>
{
    /// <inheritdoc />
    public override void OnEnd(Activity data)
    {
        if (data.Recorded)
        {
            SpanCleaner.Clean(data);
            ring.Add(data);
        }
    }
}
