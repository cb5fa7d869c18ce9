using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Proposals, and the decisions of the second person. Stateless.</summary>
internal sealed class ProposalServiceV1(GrainCalls grains) : V1.ProposalService.ProposalServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.ListProposalsResponse> ListProposals(
        V1.ListProposalsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var proposedBy = Filters.Proposals(ref checks, request.Filter);
        var order = checks.PageByNumber("proposals:" + request.Filter, request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var cancel = context.CancellationToken;
        var page = await grains.RepeatAsync(
            () => grains.Directory.ListProposalAccountsAsync(proposedBy, order.Cursor, order.Size, cancel), cancel);
        var accounts = await grains.ReadAsync(page.Ids, cancel);

        // A proposal may have been decided, or another one opened, since the index was read.
        var proposals = accounts.Select(static account => account?.Proposal).OfType<ProposalInfo>()
            .Where(proposal => proposedBy is null || proposal.ProposedBy.Subject == proposedBy);
        return new()
        {
            Proposals = { proposals.Select(ProposalMapping.ToProto) },
            NextPageToken = PageTokens.Format(order.Query, page.Next),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.ApproveProposalResponse> ApproveProposal(
        V1.ApproveProposalRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var id = checks.Proposal("id", request.Id);
        var digest = checks.Digest(request.Digest);
        checks.Note(request.Note);
        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var command = new CommandInput.Approve(id.Sequence, digest, request.Note);
        var (outcome, account, proposal) = await ExecuteAsync(id, command, requestId, context);
        return new() { Outcome = outcome, Account = account, Proposal = proposal };
    }

    /// <inheritdoc/>
    public override async Task<V1.RejectProposalResponse> RejectProposal(
        V1.RejectProposalRequest request, ServerCallContext context)
    {
        var (id, requestId) = Check(request.Id, request.Note, request.RequestId);
        var command = new CommandInput.Reject(id.Sequence, request.Note);
        return new() { Account = (await ExecuteAsync(id, command, requestId, context)).Account };
    }

    /// <inheritdoc/>
    public override async Task<V1.WithdrawProposalResponse> WithdrawProposal(
        V1.WithdrawProposalRequest request, ServerCallContext context)
    {
        var (id, requestId) = Check(request.Id, request.Note, request.RequestId);
        var command = new CommandInput.Withdraw(id.Sequence, request.Note);
        return new() { Account = (await ExecuteAsync(id, command, requestId, context)).Account };
    }

    private static (ProposalId Id, string? RequestId) Check(string id, string note, string requestId)
    {
        var checks = default(FieldChecks);
        var proposal = checks.Proposal("id", id);
        checks.Note(note);
        var key = checks.RequestId(requestId);
        checks.ThrowIfAny();
        return (proposal, key);
    }

    private async Task<(V1.Outcome Outcome, V1.Account? Account, V1.Proposal? Proposal)> ExecuteAsync(
        ProposalId id, CommandInput command, string? requestId, ServerCallContext context) =>
        CommandMapping.ToProto(await grains.ExecuteAsync(
            id.Account.Value,
            command,
            context.CommandCaller(),
            requestId,
            expectedStateVersion: null,
            context.CancellationToken));
}
