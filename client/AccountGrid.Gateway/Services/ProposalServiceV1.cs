using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>The second person. Stateless.</summary>
internal sealed class ProposalServiceV1(GrainCalls grains) : V1.ProposalService.ProposalServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.ListProposalsResponse> ListProposals(V1.ListProposalsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var query = "proposals:" + request.Filter;
        var proposedBy = Filters.Proposals(ref checks, request.Filter);
        var size = checks.PageSize(request.PageSize);
        var after = PageTokens.Number(ref checks, query, request.PageToken);
        checks.ThrowIfAny();
        var page = await grains.RepeatAsync(() => grains.Directory.ListProposalAccountsAsync(proposedBy, after, size, context.CancellationToken), context.CancellationToken);
        var response = new V1.ListProposalsResponse { NextPageToken = PageTokens.Format(query, page.Next) };
        foreach (var account in await grains.ReadAsync(page.Ids, context.CancellationToken))
        {
            // It may have been decided, or another one opened, since the index was read.
            if (account?.Proposal is { } proposal && (proposedBy is null || proposal.ProposedBy.Subject == proposedBy))
            {
                response.Proposals.Add(ProposalMapping.ToProto(proposal));
            }
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.ApproveProposalResponse> ApproveProposal(V1.ApproveProposalRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var id = checks.Proposal("id", request.Id);
        var digest = checks.Digest(request.Digest);
        checks.Note(request.Note);
        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var reply = await ExecuteAsync(id, new CommandInput.Approve(id.Sequence, digest, request.Note), requestId, context);
        return new V1.ApproveProposalResponse
        {
            Outcome = CommandMapping.OutcomeOf(reply),
            Account = CommandMapping.AccountOf(reply),
            Proposal = ProposalMapping.Of(reply),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.RejectProposalResponse> RejectProposal(V1.RejectProposalRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var id = checks.Proposal("id", request.Id);
        checks.Note(request.Note);
        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var reply = await ExecuteAsync(id, new CommandInput.Reject(id.Sequence, request.Note), requestId, context);
        return new V1.RejectProposalResponse { Account = CommandMapping.AccountOf(reply) };
    }

    /// <inheritdoc/>
    public override async Task<V1.WithdrawProposalResponse> WithdrawProposal(V1.WithdrawProposalRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var id = checks.Proposal("id", request.Id);
        checks.Note(request.Note);
        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var reply = await ExecuteAsync(id, new CommandInput.Withdraw(id.Sequence, request.Note), requestId, context);
        return new V1.WithdrawProposalResponse { Account = CommandMapping.AccountOf(reply) };
    }

    private Task<CommandReply> ExecuteAsync(ProposalId id, CommandInput command, string? requestId, ServerCallContext context) =>
        grains.ExecuteAsync(id.Account.Value, command, context.Commander(), requestId, expectedStateVersion: null, context.CancellationToken);
}
