using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Reads of accounts, and their registration; the commands are in the other part. Every method checks the form of the
/// request, calls the grain and maps the answer. Stateless.
/// </summary>
internal sealed partial class AccountServiceV1(GrainCalls grains) : V1.AccountService.AccountServiceBase
{
    /// <inheritdoc/>
    public override Task<V1.Account> GetAccount(V1.GetAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.NotNegative("minVersion", request.MinVersion);
        checks.ThrowIfAny();
        var viewer = context.Viewer();
        return grains.FindLocal(request.Id, request.MinVersion) is { } account
            ? KeptMessages.Of(account, viewer)
            : CallAsync();

        // A function of its own, because a read that does not wait starts no time limit.
        async Task<V1.Account> CallAsync() =>
            AccountMapping.ToProto(
                await grains.GetAsync(request.Id, request.MinVersion, context.CancellationToken), viewer);
    }

    /// <inheritdoc/>
    public override Task<V1.PublicAccount> GetPublicAccount(
        V1.GetPublicAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.ThrowIfAny();
        return grains.FindLocalPublic(request.Id) is { } account ? KeptMessages.Of(account) : CallAsync();

        async Task<V1.PublicAccount> CallAsync() =>
            AccountMapping.ToProto(await grains.VisitAsync(request.Id, context.CancellationToken));
    }

    /// <inheritdoc/>
    public override async Task<V1.BatchGetAccountsResponse> BatchGetAccounts(
        V1.BatchGetAccountsRequest request, ServerCallContext context)
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
        var viewer = context.Viewer();
        var response = new V1.BatchGetAccountsResponse();
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is { } account)
            {
                response.Accounts.Add(AccountMapping.ToProto(account, viewer));
            }
            else
            {
                response.MissingIds.Add(request.Ids[i]);
            }
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<V1.ListAccountsResponse> ListAccounts(
        V1.ListAccountsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var filter = Filters.Accounts(ref checks, request.Filter);
        var order = checks.PageByNumber("accounts:" + request.Filter, request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var cancel = context.CancellationToken;
        var page = await grains.RepeatAsync(
            () => grains.Directory.ListAccountsAsync(filter, order.Cursor, order.Size, cancel), cancel);
        var viewer = context.Viewer();
        var accounts = await grains.ReadAsync(page.Ids, cancel);
        return new()
        {
            Accounts = { accounts.OfType<AccountInfo>().Select(account => AccountMapping.ToProto(account, viewer)) },
            NextPageToken = PageTokens.Format(order.Query, page.Next),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.ListJournalEntriesResponse> ListJournalEntries(
        V1.ListJournalEntriesRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        var order = checks.PageByNumber($"journal:{request.Id}", request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var account = grains.Account(request.Id);
        var cancel = context.CancellationToken;
        var page = GrainCalls.Unwrap(
            await grains.RepeatAsync(() => account.ReadJournalAsync(order.Cursor, order.Size, cancel), cancel));
        return new()
        {
            Entries = { page.Entries.Select(JournalMapping.ToProto) },
            NextPageToken = PageTokens.Format(order.Query, page.Next),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.ListIncidentsResponse> ListIncidents(
        V1.ListIncidentsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        var size = checks.PageSize(request.PageSize);
        checks.ThrowIfAny();
        var account = grains.Account(request.Id);
        var cancel = context.CancellationToken;
        var list = GrainCalls.Unwrap(await grains.RepeatAsync(() => account.ReadIncidentsAsync(size, cancel), cancel));
        return new() { Incidents = { list.Incidents.Select(JournalMapping.ToProto) } };
    }

    /// <inheritdoc/>
    public override async Task<V1.ListAccountActionsResponse> ListAccountActions(
        V1.ListAccountActionsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.ThrowIfAny();
        var (account, caller, cancel) =
            (grains.Account(request.Id), context.CommandCaller(), context.CancellationToken);
        var list = GrainCalls.Unwrap(
            await grains.RepeatAsync(() => account.ListActionsAsync(caller, cancel), cancel));
        return new() { Actions = { list.Actions.Select(static a => CommandMapping.ToProto(a, V1.Role.Approver)) } };
    }

    /// <inheritdoc/>
    public override async Task<V1.RegisterAccountResponse> RegisterAccount(
        V1.RegisterAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("id", request.Id);
        checks.Handle(request.Handle);
        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var reply = GrainCalls.Unwrap(
            requestId is null ? await CallAsync() : await grains.RepeatAsync(CallAsync, context.CancellationToken));
        // Services alone register, and a repetition answers with the account as it is now.
        return new() { Account = CommandMapping.ToProto(reply, Viewer.Service).Account };

        Task<CommandReply> CallAsync() => request.ValidateOnly
            ? grains.Registrar.ValidateAsync(
                request.Id, request.Handle, context.CommandCaller(), requestId, context.CancellationToken)
            : grains.Registrar.RegisterAsync(
                request.Id, request.Handle, context.CommandCaller(), requestId, context.CancellationToken);
    }
}
