using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>Gathers what all silos remember of the commands that were carried out: a stateless worker. Key 0.</summary>
[Alias("ag.ITraceGrain")]
public interface ITraceGrain : IGrainWithIntegerKey
{
    /// <summary>One trace. No silo is waited for longer than two seconds; those that did not answer are named.</summary>
    [Alias("Get")]
    Task<TraceInfo> GetAsync(string traceId, CancellationToken cancellationToken);

    /// <summary>All traces, in one line each.</summary>
    [Alias("List")]
    Task<TraceListInfo> ListAsync(CancellationToken cancellationToken);
}

/// <summary>The last traces of this very process. Thread-safe; never waits.</summary>
public interface ITraceStore
{
    /// <summary>The spans of a trace that ended here, and those of the commits that carried it. Empty where none is remembered.</summary>
    /// <param name="traceId">32 lower-case hex digits.</param>
    ImmutableArray<SpanInfo> Find(string traceId);

    /// <summary>Every trace that is remembered here, newest first.</summary>
    ImmutableArray<TraceSummaryInfo> List();
}
