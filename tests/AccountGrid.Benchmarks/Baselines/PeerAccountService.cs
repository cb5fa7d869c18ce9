using AccountGrid.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>
/// The peer's accounts: deactivate and restore as one transaction per command, durable before the answer; reads from
/// the cache where there is one, else from the database.
/// </summary>
[Authorize(Roles = "service,support,approver,auditor,admin")]
internal sealed class PeerAccountService(
    IPeerStore store, TimeProvider clock, PeerCache? cache = null) : AccountService.AccountServiceBase
{
    public override async Task<Account> GetAccount(GetAccountRequest request, ServerCallContext context)
    {
        if (cache is not null && await cache.GetAsync(request.Id) is { } known)
        {
            return known;
        }

        var account = await store.GetAsync(request.Id, context.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "NOT_FOUND"));
        if (cache is not null)
        {
            await cache.SetAsync(account);
        }

        return account;
    }

    public override async Task<DeactivateAccountResponse> DeactivateAccount(
        DeactivateAccountRequest request, ServerCallContext context) => new()
        {
            Outcome = Outcome.Done,
            Account = await RunAsync(
            new PeerChange(request.Id, Down: true, SubjectOf(context), request.Owner, request.Reason, request.Note,
                request.Ticket), context.CancellationToken),
        };

    public override async Task<RestoreAccountResponse> RestoreAccount(
        RestoreAccountRequest request, ServerCallContext context) => new()
        {
            Outcome = Outcome.Done,
            Account = await RunAsync(
            new PeerChange(request.Id, Down: false, SubjectOf(context), request.Owner, request.Reason, request.Note,
                request.Ticket), context.CancellationToken),
        };

    private async Task<Account> RunAsync(PeerChange change, CancellationToken cancellationToken)
    {
        var account = await store.ChangeAsync(change, clock.GetUtcNow(), cancellationToken);
        if (cache is not null)
        {
            await cache.RemoveAsync(change.Account);
        }

        return account;
    }

    private static string SubjectOf(ServerCallContext context) => context.GetHttpContext().User.Identity!.Name!;
}
