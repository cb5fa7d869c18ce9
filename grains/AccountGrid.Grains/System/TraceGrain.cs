using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>Gathers where the call arrives.</summary>
[StatelessWorker, Reentrant, GrainType("traces")]
internal sealed class TraceGrain(EverySilo<ITracesService> silos) : Grain, ITraceGrain
{
    /// <inheritdoc />
    public async Task<TraceInfo> GetAsync(string traceId, CancellationToken cancellationToken)
    {
        var (spans, missing) = await silos.AskAsync(s => s.FindAsync(traceId), cancellationToken);
        return new TraceInfo(TraceMerge.Spans(spans), missing);
    }

    /// <inheritdoc />
    public async Task<TraceListInfo> ListAsync(CancellationToken cancellationToken)
    {
        var (traces, missing) = await silos.AskAsync(static s => s.ListAsync(), cancellationToken);
        return new TraceListInfo(traces, missing);
    }
}
