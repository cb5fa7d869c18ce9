using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Chaos.Workloads;

/// <summary>
/// Decides what a follow client does next: single follows and unfollows, batches over several accounts (with a follower
/// twice in one batch, too), reads of many accounts. Its followers are its own: nobody else touches those edges. Used
/// by one client.
/// </summary>
internal sealed class FollowPlanner(
    string client, long firstFollower, Random random, SharedBoard board, WorkloadOptions options)
{
    private const string Shop = "shop";
    private const int MessageSize = 500;

    /// <summary>The next thing to do.</summary>
    public PlannedCall Next() => random.Next(100) switch
    {
        < 35 => Follow(),
        < 55 => Unfollow(),
        < 75 => Ingest(1 + random.Next(80), options.FollowersPerClient),
        _ => ReadMany(),
    };

    /// <summary>A big ingest over three accounts.</summary>
    public PlannedCall BigIngest() => Ingest(options.BigIngest, options.BigIngest / 2);

    private PlannedCall Follow()
    {
        var change = Change(options.FollowersPerClient) with { Follows = true };
        var request = new PutFollowerRequest { Account = change.Account, Follower = change.Follower };
        return Plan(OperationKind.Follow, change.Account, [change], async (invoker, call) =>
        {
            var answer = await new FollowerService.FollowerServiceClient(invoker).PutFollowerAsync(request, call);
            return One(change.Account, answer.Changed, answer.Followers);
        });
    }

    private PlannedCall Unfollow()
    {
        var change = Change(options.FollowersPerClient) with { Follows = false };
        var request = new DeleteFollowerRequest { Account = change.Account, Follower = change.Follower };
        return Plan(OperationKind.Unfollow, change.Account, [change], async (invoker, call) =>
        {
            var answer = await new FollowerService.FollowerServiceClient(invoker).DeleteFollowerAsync(request, call);
            return One(change.Account, answer.Changed, answer.Followers);
        });
    }

    private PlannedCall Ingest(int size, int followers)
    {
        var accounts = board.Accounts;
        var some = Enumerable.Range(0, 3).Select(_ => accounts[random.Next(accounts.Length)]).ToArray();
        var changes = Enumerable.Range(0, size)
            .Select(
                _ => new EdgeChange(
                    some[random.Next(some.Length)], firstFollower + random.Next(followers), random.Next(3) > 0))
            .ToImmutableArray();
        return Plan(OperationKind.Ingest, 0, changes, (invoker, call) => SendAsync(changes, invoker, call)) with
        {
            Timeout = options.Timeout * 3,
        };
    }

    private static async Task<Answer> SendAsync(
        ImmutableArray<EdgeChange> changes, CallInvoker invoker, CallOptions options)
    {
        using var call = new FollowerService.FollowerServiceClient(invoker).IngestFollows(options);
        try
        {
            foreach (var part in changes.Chunk(MessageSize))
            {
                var message = new IngestFollowsRequest();
                message.Follows.AddRange(part.Select(c => new Follow
                {
                    Account = c.Account,
                    Follower = c.Follower,
                    Op = c.Follows ? V1.Follow.Types.Op.Follow : V1.Follow.Types.Op.Unfollow,
                }));
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // The call is over already; its status, below, says why.
        }

        return Of(changes, await call);
    }

    /// <summary>
    /// The totals. An account that takes no follows (erased) refuses its part for good; a part that was turned away is
    /// no final word, and all of it is sent again, which changes nothing that is done. Of very many refusals not every
    /// one is named: then nobody can know which edges are meant.
    /// </summary>
    private static Answer Of(ImmutableArray<EdgeChange> changes, IngestFollowsResponse totals)
    {
        if (totals.Received != changes.Length || totals.Changed + totals.Unchanged + totals.Failed != changes.Length)
        {
            throw new InvalidOperationException(
                $"Sent {changes.Length} follows; the totals are {totals.Received}, {totals.Changed}, {totals.Unchanged}, {totals.Failed}.");
        }

        return totals.Errors.FirstOrDefault(e => e.Reason != "WRONG_STATUS") is { } error
                ? throw new RpcException(
                    new Status(StatusCode.Unavailable, $"{totals.Failed} follows failed: {error.Reason}"))
            : totals.Errors.Count < totals.Failed ? throw new UnnamedRefusalsException()
            : new Answer(Verdict.Done)
            {
                Changed = totals.Changed,
                RefusedEdges = [.. totals.Errors.Select(e => (int)e.Line - 1)],
            };
    }

    private PlannedCall ReadMany()
    {
        var request = new BatchGetAccountsRequest();
        request.Ids.AddRange(board.Accounts);
        return Plan(OperationKind.ReadMany, 0, [], async (invoker, call) =>
        {
            var answer = await new AccountService.AccountServiceClient(invoker).BatchGetAccountsAsync(request, call);
            return new Answer(Verdict.Done)
            {
                Seen = [.. answer.Accounts.Select(GridCalls.Of),
                    .. answer.MissingIds.Select(id => new Seen(id, Version: 0))],
            };
        });
    }

    private PlannedCall Plan(
        OperationKind kind, long account, ImmutableArray<EdgeChange> edges,
        Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        new(new Intent(client, kind, account) { Edges = edges, Actor = "service:" + Shop }, Shop, ["service"], send,
            options.Timeout);

    private static Answer One(long account, bool changed, FollowerCount followers) =>
        new(Verdict.Done) { Changed = changed ? 1 : 0, Seen = [new Seen(account, Followers: GridCalls.Of(followers))] };

    private EdgeChange Change(int followers)
    {
        var accounts = board.Accounts;
        return new EdgeChange(accounts[random.Next(accounts.Length)], firstFollower + random.Next(followers), false);
    }
}

/// <summary>A batch was refused in part, and the answer has no room to say which part.</summary>
internal sealed class UnnamedRefusalsException : Exception;
