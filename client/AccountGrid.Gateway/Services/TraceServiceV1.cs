using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>What became of the last commands: what the silos remember, and where the gateway is a process of its own what it remembers besides. Stateless.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="local">The traces of this process; <c>null</c> where it keeps none.</param>
internal sealed class TraceServiceV1(GrainCalls grains, ITraceStore? local = null) : V1.TraceService.TraceServiceBase
{
    /// <summary>What a gateway is called that is no silo; in a silo the silo's own answer names the same spans, and comes first.</summary>
    private const string Place = "gateway";

    /// <inheritdoc/>
    public override async Task<V1.Trace> GetTrace(V1.GetTraceRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.TraceId("id", request.Id);
        checks.ThrowIfAny();
        var found = await grains.RepeatAsync(() => grains.Traces.GetAsync(request.Id, context.CancellationToken), context.CancellationToken);
        var spans = TraceMerge.Spans(found.Spans.Concat((local?.Find(request.Id) ?? []).Select(static s => s with { Place = Place })));
        if (spans.IsEmpty)
        {
            throw new ApiException(ApiError.Of(RefusalReason.NotFound, found.Missing.IsEmpty
                ? "Nobody remembers such a trace: only the last commands are kept, and only in memory."
                : $"None of the silos that answered remembers such a trace; no answer from {string.Join(", ", found.Missing)}."));
        }

        var trace = new V1.Trace { TraceId = request.Id };
        trace.Spans.Add(spans.Select(TraceMapping.ToProto));
        trace.Missing.Add(found.Missing);
        return trace;
    }

    /// <inheritdoc/>
    public override async Task<V1.ListTracesResponse> ListTraces(V1.ListTracesRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var size = checks.PageSize(request.PageSize);
        checks.NotNegative("account", request.Account);
        if (request.Actor.Length > 0)
        {
            checks.Operator("actor", request.Actor);
        }

        checks.ThrowIfAny();
        var found = await grains.RepeatAsync(() => grains.Traces.ListAsync(context.CancellationToken), context.CancellationToken);

        // A silo remembers its own traces already in what it answered.
        var own = local is null || grains.IsInSilo ? [] : local.List();
        var response = new V1.ListTracesResponse();
        response.Traces.Add(TraceMerge.Summaries(found.Traces.Concat(own))
            .Where(t => (request.Account == 0 || t.Account == request.Account) && (request.Actor.Length == 0 || t.Actor == request.Actor))
            .Take(size).Select(TraceMapping.ToProto));
        response.Missing.Add(found.Missing);
        return response;
    }
}
