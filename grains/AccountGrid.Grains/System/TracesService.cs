using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>Answers from this process' memory.</summary>
[Reentrant]
internal sealed class TracesService(
    GrainId id, Silo silo, ILoggerFactory logs, ILocalSiloDetails here, IServiceProvider services)
    : GrainService(id, silo, logs), ITracesService
{
    private readonly ITraceStore? _store = services.GetService<ITraceStore>();
    private readonly string _place = here.SiloAddress.ToParsableString();

    /// <inheritdoc />
    public Task<ImmutableArray<SpanInfo>> FindAsync(string traceId) =>
        Task.FromResult<ImmutableArray<SpanInfo>>(
            [.. (_store?.Find(traceId) ?? []).Select(s => s with { Place = _place })]);

    /// <inheritdoc />
    public Task<ImmutableArray<TraceSummaryInfo>> ListAsync() => Task.FromResult(_store?.List() ?? []);
}
