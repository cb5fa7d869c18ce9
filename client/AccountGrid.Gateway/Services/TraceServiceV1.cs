using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// The traces of the last commands: those that the silos keep, and those of this process where it is no silo.
/// Stateless.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="local">The traces of this process; <c>null</c> where it keeps none.</param>
internal sealed class TraceServiceV1(GrainCalls grains, ITraceStore? local = null) : V1.TraceService.TraceServiceBase
{
    /// <summary>
    /// The place of this process's spans where it is no silo; in a silo, the silo's answer has the same spans and
    /// precedes them.
    /// </summary>
    private const string Place = "gateway";

    /// <inheritdoc/>
    public override async Task<V1.Trace> GetTrace(V1.GetTraceRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.TraceId("id", request.Id);
        checks.ThrowIfAny();
        var found = await grains.RepeatAsync(
            () => grains.Traces.GetAsync(request.Id, context.CancellationToken), context.CancellationToken);
        var spans = TraceMerge.Spans(
            found.Spans.Concat((local?.Find(request.Id) ?? []).Select(static s => s with { Place = Place })));
        if (spans.IsEmpty)
        {
            throw new ApiException(ApiError.Of(RefusalReason.NotFound, found.Missing.IsEmpty
                ? "There is no such trace in memory: only those of the last commands are kept."
                : $"No silo that answered has such a trace; no answer from {string.Join(", ", found.Missing)}."));
        }

        var trace = new V1.Trace { TraceId = request.Id };
        trace.Spans.Add(spans.Select(TraceMapping.ToProto));
        trace.Missing.Add(found.Missing);
        return trace;
    }

    /// <inheritdoc/>
    public override async Task<V1.ListTracesResponse> ListTraces(
        V1.ListTracesRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var size = checks.PageSize(request.PageSize);
        checks.NotNegative("account", request.Account);
        if (request.Actor.Length > 0)
        {
            checks.Operator("actor", request.Actor);
        }

        checks.ThrowIfAny();
        var found = await grains.RepeatAsync(
            () => grains.Traces.ListAsync(context.CancellationToken), context.CancellationToken);

        // In a silo, the silo's answer has them already.
        var own = local is null || grains.IsInSilo ? [] : local.List();
        var response = new V1.ListTracesResponse();
        response.Traces.Add(TraceMerge.Summaries(found.Traces.Concat(own))
            .Where(t => request.Account == 0 || t.Account == request.Account)
            .Where(t => request.Actor.Length == 0 || t.Actor == request.Actor)
            .Take(size).Select(TraceMapping.ToProto));
        response.Missing.Add(found.Missing);
        return response;
    }
}
