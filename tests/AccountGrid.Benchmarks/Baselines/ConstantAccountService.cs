using AccountGrid.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>Answers every read with one and the same account: what the wire itself costs.</summary>
[Authorize(Roles = "service,support,approver,auditor,admin")]
internal sealed class ConstantAccountService(Account constant) : AccountService.AccountServiceBase
{
    private readonly Task<Account> _answer = Task.FromResult(constant);

    public override Task<Account> GetAccount(GetAccountRequest request, ServerCallContext context) => _answer;
}
