using System.Collections.Immutable;
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
