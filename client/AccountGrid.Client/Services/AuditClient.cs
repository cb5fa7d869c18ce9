using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>The entries of all journals, and their verification. Role: auditor. Thread-safe.</summary>
public sealed class AuditClient
{
    private readonly AuditService.AuditServiceClient _stub;
    private readonly CallPipeline _calls;

    internal AuditClient(AuditService.AuditServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>One page of entries across all journals, newest first.</summary>
    /// <param name="request">Filter, page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListAuditEntriesResponse> ListPageAsync(
        ListAuditEntriesRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListAuditEntriesAsync, cancellationToken);

    /// <summary>Entries across all journals, newest first, read page by page as they are asked for.</summary>
    /// <param name="filter">
    /// Terms joined by AND: <c>stream = "a/1"</c>, <c>actor = "kim"</c>, <c>type = "hold-placed"</c>, <c>at &gt;=
    /// "2026-01-01T00:00:00Z"</c>; empty = all.
    /// </param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<JournalEntry> ListAsync(
        string filter = "", CancellationToken cancellationToken = default) =>
        Pages.ReadAsync(
            new ListAuditEntriesRequest { Filter = filter },
            ListPageAsync,
            static page => page.Entries,
            cancellationToken);

    /// <summary>
    /// Recomputes every chain, Merkle root and signature and names the first bad entry. May take minutes.
    /// </summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<VerifyAuditResponse> VerifyAsync(CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new VerifyAuditRequest(), _stub.VerifyAuditAsync, cancellationToken);

    /// <summary>One page of signed checkpoints, newest first.</summary>
    /// <param name="request">Page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListCheckpointsResponse> ListCheckpointsPageAsync(
        ListCheckpointsRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListCheckpointsAsync, cancellationToken);
}
