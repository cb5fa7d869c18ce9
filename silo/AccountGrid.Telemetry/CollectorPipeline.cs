using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace AccountGrid.Telemetry;

/// <summary>The same rules for what goes to a collector.</summary>
internal sealed class RulesSampler : Sampler
{
    private static readonly SamplingResult Record = new(SamplingDecision.RecordAndSample);
    private static readonly SamplingResult Drop = new(SamplingDecision.Drop);

    /// <inheritdoc />
    public override SamplingResult ShouldSample(in SamplingParameters span) =>
        TraceRules.Wants(span.Name, span.ParentContext, span.Tags, span.Links) ? Record : Drop;
}

/// <summary>Keeps what goes to a collector in memory too. Before the exporter, which then sees the mended spans.</summary>
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
