using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Reads of accounts; the commands are in the other part. Checks the form of a request, calls the grain, maps the answer. Stateless.</summary>
internal sealed partial class AccountServiceV1(GrainCalls grains) : V1.AccountService.AccountServiceBase
{
    /// <inheritdoc/>
    public override Task<V1.Account> GetAccount(V1.GetAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.NotNegative("minVersion", request.MinVersion);
        checks.ThrowIfAny();
        return grains.Here(request.Id, request.MinVersion) is { } account ? Task.FromResult(AccountMapping.ToProto(account)) : CallAsync();

        // Apart, because a read that never waits needs no time limit.
        async Task<V1.Account> CallAsync() =>
            AccountMapping.ToProto(await grains.GetAsync(request.Id, request.MinVersion, context.CancellationToken));
    }

    /// <inheritdoc/>
    public override Task<V1.PublicAccount> GetPublicAccount(V1.GetPublicAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.ThrowIfAny();
        return grains.VisitHere(request.Id) is { } account ? Task.FromResult(AccountMapping.ToProto(account)) : CallAsync();

        async Task<V1.PublicAccount> CallAsync() =>
            AccountMapping.ToProto(await grains.VisitAsync(request.Id, context.CancellationToken));
    }

    /// <inheritdoc/>
    public override async Task<V1.BatchGetAccountsResponse> BatchGetAccounts(V1.BatchGetAccountsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        if (request.Ids.Count is 0 or > Limits.BatchGet)
        {
            checks.Add("ids", $"must be 1 to {Limits.BatchGet} ids");
            checks.ThrowIfAny();
        }

        for (var i = 0; i < request.Ids.Count; i++)
        {
            if (request.Ids[i] <= 0)
            {
                checks.Id($"ids[{i}]", request.Ids[i]);
            }
        }

        checks.ThrowIfAny();
        var found = await grains.ReadAsync(request.Ids, context.CancellationToken);
        var response = new V1.BatchGetAccountsResponse();
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is { } account)
            {
                response.Accounts.Add(AccountMapping.ToProto(account));
            }
            else
            {
                response.MissingIds.Add(request.Ids[i]);
            }
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.ListAccountsResponse> ListAccounts(V1.ListAccountsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var query = "accounts:" + request.Filter;
        var filter = Filters.Accounts(ref checks, request.Filter);
        var size = checks.PageSize(request.PageSize);
        var after = PageTokens.Number(ref checks, query, request.PageToken);
        checks.ThrowIfAny();
        var page = await grains.RepeatAsync(() => grains.Directory.ListAccountsAsync(filter, after, size, context.CancellationToken), context.CancellationToken);
        var response = new V1.ListAccountsResponse { NextPageToken = PageTokens.Format(query, page.Next) };
        foreach (var account in await grains.ReadAsync(page.Ids, context.CancellationToken))
        {
            if (account is not null)
            {
                response.Accounts.Add(AccountMapping.ToProto(account));
            }
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.ListJournalEntriesResponse> ListJournalEntries(V1.ListJournalEntriesRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var query = $"journal:{request.Id}";
        checks.Id("id", request.Id);
        var size = checks.PageSize(request.PageSize);
        var before = PageTokens.Number(ref checks, query, request.PageToken);
        checks.ThrowIfAny();
        var page = GrainCalls.Unwrap(await grains.RepeatAsync(
            () => grains.Account(request.Id).ReadJournalAsync(before, size, context.CancellationToken), context.CancellationToken));
        var response = new V1.ListJournalEntriesResponse { NextPageToken = PageTokens.Format(query, page.Next) };
        foreach (var entry in page.Entries)
        {
            response.Entries.Add(JournalMapping.ToProto(entry));
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.ListIncidentsResponse> ListIncidents(V1.ListIncidentsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        var size = checks.PageSize(request.PageSize);
        checks.ThrowIfAny();
        var list = GrainCalls.Unwrap(await grains.RepeatAsync(
            () => grains.Account(request.Id).ReadIncidentsAsync(size, context.CancellationToken), context.CancellationToken));
        var response = new V1.ListIncidentsResponse();
        foreach (var incident in list.Incidents)
        {
            response.Incidents.Add(JournalMapping.ToProto(incident));
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.RegisterAccountResponse> RegisterAccount(V1.RegisterAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.Handle(request.Handle);
        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var reply = GrainCalls.Unwrap(requestId is null ? await CallAsync() : await grains.RepeatAsync(CallAsync, context.CancellationToken));
        return new V1.RegisterAccountResponse { Account = CommandMapping.AccountOf(reply) };

        Task<CommandReply> CallAsync() => grains.Registrar.RegisterAsync(
            request.Id, request.Handle, context.Commander(), requestId, context.CancellationToken);
    }
}
