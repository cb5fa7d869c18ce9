using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// Harmful actions that wait for a second person, or for their time. Request ids as in
/// <see cref="AccountsClient"/>. Thread-safe.
/// </summary>
public sealed class ProposalsClient
{
    private readonly ProposalService.ProposalServiceClient _stub;
    private readonly CallPipeline _calls;

    internal ProposalsClient(ProposalService.ProposalServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>One page of what waits, by account. Role: staff.</summary>
    /// <param name="request">Filter, page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListProposalsResponse> ListPageAsync(
        ListProposalsRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListProposalsAsync, cancellationToken);

    /// <summary>All that waits, by account, read page by page as it is asked for. Role: staff.</summary>
    /// <param name="filter">Optionally only one proposer's: <c>proposed_by = "kim"</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<Proposal> ListAsync(string filter = "", CancellationToken cancellationToken = default) =>
        Pages.ReadAsync(
            new ListProposalsRequest { Filter = filter },
            ListPageAsync,
            static page => page.Proposals,
            cancellationToken);

    /// <summary>Approves. Role: approver; another person than the proposer.</summary>
    /// <param name="request">The proposal, and the digest of what the approver saw.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ApproveProposalResponse> ApproveAsync(
        ApproveProposalRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ApproveProposalAsync, cancellationToken);

    /// <summary>Rejects. Role: support or approver.</summary>
    /// <param name="request">The proposal.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<RejectProposalResponse> RejectAsync(
        RejectProposalRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.RejectProposalAsync, cancellationToken);

    /// <summary>Withdraws, also when already approved and waiting for its time. Only the proposer.</summary>
    /// <param name="request">The proposal.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<WithdrawProposalResponse> WithdrawAsync(
        WithdrawProposalRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.WithdrawProposalAsync, cancellationToken);
}
