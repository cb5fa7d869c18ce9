using OpenTelemetry.Trace;

namespace AccountGrid.Telemetry;

/// <summary>Applies <see cref="TraceRules"/> to the spans that go to a collector.</summary>
internal sealed class RulesSampler : Sampler
{
    private static readonly SamplingResult Record = new(SamplingDecision.RecordAndSample);
    private static readonly SamplingResult Drop = new(SamplingDecision.Drop);

    /// <inheritdoc />
    public override SamplingResult ShouldSample(in SamplingParameters span) =>
        TraceRules.ShouldRecord(span.Name, span.ParentContext, span.Tags, span.Links) ? Record : Drop;
}
