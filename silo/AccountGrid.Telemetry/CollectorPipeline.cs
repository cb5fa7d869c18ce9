using System.Diagnostics;
using AccountGrid.Grains;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace AccountGrid.Telemetry;

/// <summary>The same rules for what goes to a collector; a share of reads and follows besides.</summary>
internal sealed class RulesSampler(double readShare) : Sampler
{
    private static readonly SamplingResult Record = new(SamplingDecision.RecordAndSample);
    private static readonly SamplingResult Drop = new(SamplingDecision.Drop);
    private readonly TraceIdRatioBasedSampler _share = new(readShare);

    /// <inheritdoc />
    public override SamplingResult ShouldSample(in SamplingParameters span) => TraceRules.RequestKindOf(span.Tags) switch
    {
        null => TraceRules.WantsInner(span.Name, span.ParentContext, span.Links) ? Record : Drop,
        TraceNames.CommandRequest => Record,
        _ => TraceRules.IsRecorded(span.ParentContext) ? Record : _share.ShouldSample(span),
    };
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
