using System.Globalization;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Chaos.Workloads;

/// <summary>
/// Decides what a staff client does next: registers, takes down, brings back, protects, proposes, approves, rejects,
/// reads; as changing people, sometimes with an etag that may be stale, sometimes as its own second person. Never
/// erases the first accounts, so that there is always somebody to act on. Deterministic by its random source and what
/// the client has seen. Used by one client.
/// </summary>
internal sealed class StaffPlanner(
    string client, Random random, SharedBoard board, WorkloadOptions options, TimeProvider clock)
{
    /// <summary>What every handle begins with; the account's id follows.</summary>
    public const string Handles = "chaos_";

    private const string Shop = "shop";
    private readonly Dictionary<long, (long Version, string Etag)> _seen = [];
    private int _requests;

    /// <summary>The next thing to do.</summary>
    public PlannedCall Next()
    {
        var accounts = board.Accounts;
        if (accounts.Length < options.MaxAccounts && random.Next(60) == 0)
        {
            return Register(options.FirstAccount + 1000 + random.NextInt64(1_000_000));
        }

        var account = accounts[random.Next(accounts.Length)];
        return random.Next(100) switch
        {
            < 14 => Deactivate(account, later: false),
            < 17 => Deactivate(account, later: true),
            < 24 => Suspend(account),
            < 25 when account >= options.FirstAccount + options.FirstAccounts => Erase(account),
            < 27 => Protect(account),
            < 45 => Restore(account, owner: false),
            < 49 => OwnerDeactivate(account),
            < 54 => Restore(account, owner: true),
            < 74 => OnProposal() ?? Read(account),
            < 92 => Read(account),
            _ => ReadPublic(account),
        };
    }

    /// <summary>Registers an account.</summary>
    public PlannedCall Register(long account)
    {
        var request = new RegisterAccountRequest
        {
            Id = account,
            Handle = $"{Handles}{account}",
            RequestId = RequestId(),
        };
        return Service(OperationKind.Register, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).RegisterAccountAsync(request, call);
            return GridCalls.Of(Outcome.Done, Note(answer.Account));
        });
    }

    private PlannedCall Deactivate(long account, bool later)
    {
        var request = new DeactivateAccountRequest
        {
            Id = account,
            Reason = "SPAM",
            Note = "chaos",
            RequestId = RequestId(),
            Etag = PerhapsEtag(account),
            DirectOnly = !later && random.Next(8) == 0,
            At = later ? Soon(4) : null,
        };
        return Staff(later ? OperationKind.DeactivateLater : OperationKind.Deactivate, account, request.RequestId,
            async (invoker, call) =>
            {
                var answer = await new AccountService.AccountServiceClient(invoker).DeactivateAccountAsync(
                    request, call);
                return Pending(answer.Outcome, answer.Account, answer.Proposal);
            });
    }

    private PlannedCall Suspend(long account)
    {
        var request = new SuspendAccountRequest
        {
            Id = account,
            Reason = "ABUSE",
            RequestId = RequestId(),
            Etag = PerhapsEtag(account),
            Until = random.Next(2) == 0 ? Soon(5) : null,
        };
        var planned = Staff(OperationKind.Suspend, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).SuspendAccountAsync(request, call);
            return Pending(answer.Outcome, answer.Account, answer.Proposal);
        });
        return planned with { Intent = planned.Intent with { EndsByItself = request.Until is not null } };
    }

    private PlannedCall Erase(long account)
    {
        var request = new EraseAccountRequest { Id = account, Reason = "LEGAL", RequestId = RequestId() };
        return Staff(OperationKind.Erase, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).EraseAccountAsync(request, call);
            return Pending(answer.Outcome, answer.Account, answer.Proposal);
        });
    }

    private PlannedCall Protect(long account)
    {
        var request = new ProtectAccountRequest { Id = account, Reason = "OTHER", RequestId = RequestId() };
        return Staff(OperationKind.Protect, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).ProtectAccountAsync(request, call);
            return GridCalls.Of(answer.Outcome, Note(answer.Account));
        });
    }

    private PlannedCall Restore(long account, bool owner)
    {
        var request = new RestoreAccountRequest
        {
            Id = account,
            Reason = "ERROR",
            RequestId = RequestId(),
            Etag = PerhapsEtag(account),
            Owner = owner,
        };
        async Task<Answer> Send(CallInvoker invoker, CallOptions call)
        {
            var answer = await new AccountService.AccountServiceClient(invoker).RestoreAccountAsync(request, call);
            return GridCalls.Of(answer.Outcome, Note(answer.Account));
        }

        return owner
            ? Service(OperationKind.OwnerRestore, account, request.RequestId, Send)
            : Staff(OperationKind.Restore, account, request.RequestId, Send);
    }

    private PlannedCall OwnerDeactivate(long account)
    {
        var request = new DeactivateAccountRequest
        {
            Id = account,
            Reason = "OWNER_REQUEST",
            RequestId = RequestId(),
            Owner = true,
        };
        return Service(OperationKind.OwnerDeactivate, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).DeactivateAccountAsync(request, call);
            return Pending(answer.Outcome, answer.Account, answer.Proposal);
        });
    }

    /// <summary>Approves, rejects or withdraws what waits, if anything does.</summary>
    private PlannedCall? OnProposal()
    {
        if (board.Take(random) is not { } proposal)
        {
            return null;
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"{proposal.Account}-{proposal.Sequence}");
        switch (random.Next(10))
        {
            case 0:
                var reject = new RejectProposalRequest { Id = id, RequestId = RequestId() };
                return About(OperationKind.Reject, proposal, reject.RequestId, Person(), async (invoker, call) =>
                {
                    var answer = await new ProposalService.ProposalServiceClient(invoker).RejectProposalAsync(
                        reject, call);
                    return GridCalls.Of(Outcome.Done, Note(answer.Account));
                });
            case 1 when proposal.ProposedBy != Shop:
                var withdraw = new WithdrawProposalRequest { Id = id, RequestId = RequestId() };
                return About(OperationKind.Withdraw, proposal, withdraw.RequestId, proposal.ProposedBy,
                    async (invoker, call) =>
                    {
                        var answer = await new ProposalService.ProposalServiceClient(invoker).WithdrawProposalAsync(
                            withdraw, call);
                        return GridCalls.Of(Outcome.Done, Note(answer.Account));
                    });
            default:
                var approve = new ApproveProposalRequest
                {
                    Id = id,
                    RequestId = RequestId(),
                    Digest = random.Next(2) == 0 ? proposal.Digest : "",
                };
                var self = random.Next(8) == 0 && proposal.ProposedBy != Shop;
                return About(OperationKind.Approve, proposal, approve.RequestId, self ? proposal.ProposedBy : Person(),
                    async (invoker, call) =>
                    {
                        var answer = await new ProposalService.ProposalServiceClient(invoker).ApproveProposalAsync(
                            approve, call);
                        return GridCalls.Of(answer.Outcome, Note(answer.Account), answer.Proposal);
                    });
        }
    }

    /// <summary>Reads an account, sometimes insisting on what this client has seen.</summary>
    private PlannedCall Read(long account)
    {
        var request = new GetAccountRequest
        {
            Id = account,
            MinVersion = random.Next(2) == 0 ? _seen.GetValueOrDefault(account).Version : 0,
        };
        return new(new Intent(client, OperationKind.Read, account) { MinVersion = request.MinVersion }, Shop,
            ["service"], async (invoker, call) =>
            {
                var answer = await new AccountService.AccountServiceClient(invoker).GetAccountAsync(request, call);
                return new Answer(Verdict.Done) { Seen = [GridCalls.Of(Note(answer))] };
            }, options.Timeout);
    }

    private PlannedCall ReadPublic(long account) =>
        new(new Intent(client, OperationKind.ReadPublic, account), Shop, ["service"], async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).GetPublicAccountAsync(
                new GetPublicAccountRequest { Id = account }, call);
            return new Answer(Verdict.Done) { Seen = [new Seen(account, Followers: GridCalls.Of(answer.Followers))] };
        }, options.Timeout);

    private PlannedCall Staff(
        OperationKind kind, long account, string requestId, Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        As(new Intent(client, kind, account) { RequestId = requestId }, Person(), send);

    private PlannedCall About(
        OperationKind kind, OpenProposal proposal, string requestId, string person,
        Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        As(new Intent(client, kind, proposal.Account) { RequestId = requestId, Proposal = proposal.Sequence }, person,
            send);

    private PlannedCall As(Intent intent, string person, Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        new(intent with { Actor = "operator:" + person }, person, ["support", "approver"], send, options.Timeout);

    private PlannedCall Service(
        OperationKind kind, long account, string requestId, Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        new(new Intent(client, kind, account) { RequestId = requestId, Actor = "service:" + Shop }, Shop, ["service"],
            send, options.Timeout);

    /// <summary>What became pending is told to the others.</summary>
    private Answer Pending(Outcome outcome, Account account, Proposal? proposal)
    {
        if (outcome == Outcome.Pending && proposal is { Id.Length: > 0, State: Proposal.Types.State.Open })
        {
            board.Add(new OpenProposal(
                account.Id, GridCalls.SequenceOf(proposal.Id), proposal.Digest, proposal.ProposedBy?.Subject ?? Shop));
        }

        return GridCalls.Of(outcome, Note(account), proposal);
    }

    private Account Note(Account account)
    {
        if (account.Version >= _seen.GetValueOrDefault(account.Id).Version)
        {
            _seen[account.Id] = (account.Version, account.Etag);
        }

        return account;
    }

    private string PerhapsEtag(long account) =>
        random.Next(8) == 0 && _seen.TryGetValue(account, out var seen) ? seen.Etag : "";

    /// <summary>Some people act much more often than others, until their budget is spent.</summary>
    private string Person()
    {
        var number = random.Next(6) == 0 ? random.Next(2) : random.Next(options.People);
        return string.Create(CultureInfo.InvariantCulture, $"{options.PeopleNamed}{number:000}");
    }

    private string RequestId() => string.Create(CultureInfo.InvariantCulture, $"{client}-{++_requests}");

    private Timestamp Soon(int seconds) =>
        Timestamp.FromDateTimeOffset(clock.GetUtcNow() + TimeSpan.FromSeconds(1 + random.Next(seconds)));
}
