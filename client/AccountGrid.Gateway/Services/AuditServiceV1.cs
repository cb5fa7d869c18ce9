using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Who did what, and whether it can have been tampered with. Stateless.</summary>
internal sealed class AuditServiceV1(GrainCalls grains) : V1.AuditService.AuditServiceBase
{
    private const string CheckpointQuery = "checkpoints";

    /// <inheritdoc/>
    public override async Task<V1.ListAuditEntriesResponse> ListAuditEntries(V1.ListAuditEntriesRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var query = "audit:" + request.Filter;
        var filter = Filters.Audit(ref checks, request.Filter);
        var size = checks.PageSize(request.PageSize);
        var before = PageTokens.Number(ref checks, query, request.PageToken);
        checks.ThrowIfAny();
        var page = await grains.RepeatAsync(() => grains.Directory.ListAuditAsync(filter, before, size, context.CancellationToken), context.CancellationToken);
        var response = new V1.ListAuditEntriesResponse { NextPageToken = PageTokens.Format(query, page.Next) };
        foreach (var entry in page.Entries)
        {
            response.Entries.Add(JournalMapping.ToProto(entry));
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.VerifyAuditResponse> VerifyAudit(V1.VerifyAuditRequest request, ServerCallContext context) =>
        AuditMapping.ToProto(GrainCalls.Unwrap(await grains.Audit.VerifyAsync(context.CancellationToken)));

    /// <inheritdoc/>
    public override async Task<V1.ListCheckpointsResponse> ListCheckpoints(V1.ListCheckpointsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var size = checks.PageSize(request.PageSize);
        var before = PageTokens.Number(ref checks, CheckpointQuery, request.PageToken);
        checks.ThrowIfAny();
        var page = await grains.RepeatAsync(() => grains.Audit.ListCheckpointsAsync(before, size, context.CancellationToken), context.CancellationToken);
        var response = new V1.ListCheckpointsResponse { NextPageToken = PageTokens.Format(CheckpointQuery, page.Next) };
        foreach (var checkpoint in page.Checkpoints)
        {
            response.Checkpoints.Add(AuditMapping.ToProto(checkpoint));
        }

        return response;
    }
}
