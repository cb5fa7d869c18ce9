using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Services;

namespace AccountGrid.Grains;

/// <summary>What one silo remembers of traces, for the other silos. One on each silo, from its start.</summary>
[Alias("ag.ITracesService")]
public interface ITracesService : IGrainService
{
    /// <summary>The spans of a trace that ended on this silo.</summary>
    [Alias("Find")]
    Task<ImmutableArray<SpanInfo>> FindAsync(string traceId);

    /// <summary>Every trace that this silo remembers.</summary>
    [Alias("List")]
    Task<ImmutableArray<TraceSummaryInfo>> ListAsync();
}

/// <summary>Answers from this process' memory.</summary>
[Reentrant]
internal sealed class TracesService(GrainId id, Silo silo, ILoggerFactory logs, ILocalSiloDetails here, IServiceProvider services)
    : GrainService(id, silo, logs), ITracesService
{
    private readonly ITraceStore? _store = services.GetService<ITraceStore>();
    private readonly string _place = here.SiloAddress.ToParsableString();

    /// <inheritdoc />
    public Task<ImmutableArray<SpanInfo>> FindAsync(string traceId) =>
        Task.FromResult<ImmutableArray<SpanInfo>>([.. (_store?.Find(traceId) ?? []).Select(s => s with { Place = _place })]);

    /// <inheritdoc />
    public Task<ImmutableArray<TraceSummaryInfo>> ListAsync() => Task.FromResult(_store?.List() ?? []);
}

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
