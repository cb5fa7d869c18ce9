using System.Globalization;
using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Proposals, and the decisions of the second person. Stateless.</summary>
internal sealed class ProposalServiceV1(GrainCalls grains) : V1.ProposalService.ProposalServiceBase
{
    /// <summary>Begins the cursor of a page that goes on with the operators; an account's is a number.</summary>
    private const char OperatorCursor = '~';

    /// <inheritdoc/>
    public override async Task<V1.ListProposalsResponse> ListProposals(
        V1.ListProposalsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var proposedBy = Filters.Proposals(ref checks, request.Filter);
        var order = checks.PageByName("proposals:" + request.Filter, request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var response = new V1.ListProposalsResponse();
        var cursor = order.Cursor.StartsWith(OperatorCursor)
            ? order.Cursor
            : await AddAboutAccountsAsync(response, proposedBy, order, context.CancellationToken);
        if (cursor.StartsWith(OperatorCursor) && response.Proposals.Count < order.Size)
        {
            cursor = await AddAboutOperatorsAsync(response, proposedBy, order, cursor, context.CancellationToken);
        }

        response.NextPageToken = PageTokens.Format(order.Query, cursor);
        return response;
    }

    /// <returns>The cursor behind them: an account's number, or the first one of the operators.</returns>
    private async Task<string> AddAboutAccountsAsync(
        V1.ListProposalsResponse response, string? proposedBy, PageOrder<string> order, CancellationToken cancel)
    {
        _ = long.TryParse(order.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        var page = await grains.RepeatAsync(
            () => grains.Directory.ListProposalAccountsAsync(proposedBy, after, order.Size, cancel), cancel);
        var accounts = await grains.ReadAsync(page.Ids, cancel);

        // A proposal may have been decided, or another one opened, since the index was read.
        response.Proposals.Add(accounts.Select(static account => account?.Proposal).OfType<ProposalInfo>()
            .Where(proposal => proposedBy is null || proposal.ProposedBy.Subject == proposedBy)
            .Select(ProposalMapping.ToProto));
        return page.Next == 0 ? $"{OperatorCursor}" : page.Next.ToString(CultureInfo.InvariantCulture);
    }

    /// <returns>The cursor behind them; empty at the end.</returns>
    private async Task<string> AddAboutOperatorsAsync(
        V1.ListProposalsResponse response, string? proposedBy, PageOrder<string> order, string cursor,
        CancellationToken cancel)
    {
        var size = order.Size - response.Proposals.Count;
        var page = await grains.RepeatAsync(
            () => grains.Directory.ListPowerProposalsAsync(cursor[1..], size, cancel), cancel);
        response.Proposals.Add(page.Operators.Select(static person => person.Proposal).OfType<PowerProposalInfo>()
            .Where(proposal => proposedBy is null || proposal.ProposedBy == proposedBy)
            .Select(OperatorMapping.ToProto));
        return page.Next.Length == 0 ? "" : OperatorCursor + page.Next;
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
        if (id.Operator is { } power)
        {
            var decided = await AnswerAsync(
                power, new OperatorInput.Approve(power.Sequence, digest, request.Note), requestId,
                request.ValidateOnly, context);
            return new()
            {
                Outcome = decided.Outcome,
                Operator = decided.Operator,
                Proposal = decided.Proposal,
                OperatorPreview = decided.Preview,
            };
        }

        var command = new CommandInput.Approve(id.Account.Sequence, digest, request.Note);
        var answer = await AnswerAsync(id.Account, command, requestId, request.ValidateOnly, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.RejectProposalResponse> RejectProposal(
        V1.RejectProposalRequest request, ServerCallContext context)
    {
        var (id, requestId) = Check(request.Id, request.Note, request.RequestId);
        if (id.Operator is { } power)
        {
            var decided = await AnswerAsync(
                power, new OperatorInput.Reject(power.Sequence, request.Note), requestId, request.ValidateOnly,
                context);
            return new() { Operator = decided.Operator, OperatorPreview = decided.Preview };
        }

        var command = new CommandInput.Reject(id.Account.Sequence, request.Note);
        var answer = await AnswerAsync(id.Account, command, requestId, request.ValidateOnly, context);
        return new() { Account = answer.Account, Preview = answer.Preview };
    }

    /// <inheritdoc/>
    public override async Task<V1.WithdrawProposalResponse> WithdrawProposal(
        V1.WithdrawProposalRequest request, ServerCallContext context)
    {
        var (id, requestId) = Check(request.Id, request.Note, request.RequestId);
        if (id.Operator is { } power)
        {
            var decided = await AnswerAsync(
                power, new OperatorInput.Withdraw(power.Sequence, request.Note), requestId, request.ValidateOnly,
                context);
            return new() { Operator = decided.Operator, OperatorPreview = decided.Preview };
        }

        var command = new CommandInput.Withdraw(id.Account.Sequence, request.Note);
        var answer = await AnswerAsync(id.Account, command, requestId, request.ValidateOnly, context);
        return new() { Account = answer.Account, Preview = answer.Preview };
    }

    private static ((ProposalId Account, PowerProposalId? Operator) Id, string? RequestId) Check(
        string id, string note, string requestId)
    {
        var checks = default(FieldChecks);
        var proposal = checks.Proposal("id", id);
        checks.Note(note);
        var key = checks.RequestId(requestId);
        checks.ThrowIfAny();
        return (proposal, key);
    }

    private Task<CommandAnswer> AnswerAsync(
        ProposalId id, CommandInput command, string? requestId, bool validateOnly, ServerCallContext context) =>
        grains.AnswerAsync(
            id.Account.Value, command, requestId, expectedStateVersion: null, validateOnly, context);

    private Task<PowerAnswer> AnswerAsync(
        PowerProposalId id, OperatorInput command, string? requestId, bool validateOnly, ServerCallContext context) =>
        grains.AnswerAsync(id.Operator.Value, command with { RequestId = requestId }, validateOnly, context);
}
