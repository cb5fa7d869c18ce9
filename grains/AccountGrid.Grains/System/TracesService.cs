using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
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

/// <summary>Asks every silo that is a member of the cluster now. A silo that does not answer within two seconds is left out and named. Thread-safe.</summary>
internal sealed class TraceGatherer(IServiceProvider services, IClusterMembershipService membership, TimeProvider clock) : GrainServiceClient<ITracesService>(services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What all of them answer to one question, and who did not.</summary>
    public async Task<(ImmutableArray<T> Found, ImmutableArray<string> Missing)> AskAllAsync<T>(
        Func<ITracesService, Task<ImmutableArray<T>>> question, CancellationToken cancellationToken)
    {
        var silos = membership.CurrentSnapshot.Members.Values.Where(static m => m.Status is SiloStatus.Active or SiloStatus.ShuttingDown).Select(static m => m.SiloAddress).ToArray();
        var answers = await Task.WhenAll(silos.Select(silo => AskAsync(silo, question, cancellationToken)));
        return (
            [.. answers.SelectMany(static a => a.IsDefault ? [] : a)],
            [.. silos.Where((_, i) => answers[i].IsDefault).Select(static s => s.ToParsableString()).Order(StringComparer.Ordinal)]);
    }

    /// <summary>A silo's answer, or the default where there is none.</summary>
    private async Task<ImmutableArray<T>> AskAsync<T>(SiloAddress silo, Func<ITracesService, Task<ImmutableArray<T>>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question(GetGrainService(silo)).WaitAsync(Patience, clock, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // It goes, or hangs, or is of a version that has no such service.
            return default;
        }
    }
}

/// <summary>Gathers where the call arrives.</summary>
[StatelessWorker, Reentrant, GrainType("traces")]
internal sealed class TraceGrain(TraceGatherer gatherer) : Grain, ITraceGrain
{
    /// <inheritdoc />
    public async Task<TraceInfo> GetAsync(string traceId, CancellationToken cancellationToken)
    {
        var (spans, missing) = await gatherer.AskAllAsync(s => s.FindAsync(traceId), cancellationToken);
        return new TraceInfo(TraceMerge.Spans(spans), missing);
    }

    /// <inheritdoc />
    public async Task<TraceListInfo> ListAsync(CancellationToken cancellationToken)
    {
        var (traces, missing) = await gatherer.AskAllAsync(static s => s.ListAsync(), cancellationToken);
        return new TraceListInfo(traces, missing);
    }
}
