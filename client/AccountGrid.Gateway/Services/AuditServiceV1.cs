using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>The audit across accounts, and its verification. Stateless.</summary>
internal sealed class AuditServiceV1(GrainCalls grains) : V1.AuditService.AuditServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.ListAuditEntriesResponse> ListAuditEntries(
        V1.ListAuditEntriesRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var filter = Filters.Audit(ref checks, request.Filter);
        var order = checks.PageByNumber("audit:" + request.Filter, request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var cancel = context.CancellationToken;
        var page = await grains.RepeatAsync(
            () => grains.Directory.ListAuditAsync(filter, order.Cursor, order.Size, cancel), cancel);
        return new()
        {
            Entries = { page.Entries.Select(JournalMapping.ToProto) },
            NextPageToken = PageTokens.Format(order.Query, page.Next),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.VerifyAuditResponse> VerifyAudit(
        V1.VerifyAuditRequest request, ServerCallContext context) =>
        AuditMapping.ToProto(GrainCalls.Unwrap(await grains.Audit.VerifyAsync(context.CancellationToken)));

    /// <inheritdoc/>
    public override async Task<V1.ListCheckpointsResponse> ListCheckpoints(
        V1.ListCheckpointsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var order = checks.PageByNumber("checkpoints", request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var cancel = context.CancellationToken;
        var page = await grains.RepeatAsync(
            () => grains.Audit.ListCheckpointsAsync(order.Cursor, order.Size, cancel), cancel);
        return new()
        {
            Checkpoints = { page.Checkpoints.Select(AuditMapping.ToProto) },
            NextPageToken = PageTokens.Format(order.Query, page.Next),
        };
    }
}
