using AccountGrid.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>How the peer commits follows.</summary>
internal enum PeerCommit
{
    /// <summary>One transaction per follow.</summary>
    Each,

    /// <summary>One transaction per message of the stream: edges sorted, then each account's count by the rows that changed.</summary>
    Batch,
}

/// <summary>Follows by calls and by stream, durable before they are counted.</summary>
[Authorize(Roles = "service")]
internal sealed class PeerFollowerService(PeerDatabase database, PeerFollowCommands commands, PeerCommit commit) : FollowerService.FollowerServiceBase
{
    public override async Task<PutFollowerResponse> PutFollower(PutFollowerRequest request, ServerCallContext context)
    {
        var follow = new Follow { Account = request.Account, Follower = request.Follower, Op = Follow.Types.Op.Follow };
        await database.Gate.WaitAsync(context.CancellationToken);
        try
        {
            var changed = commands.Run([follow]);
            return new PutFollowerResponse
            {
                Changed = changed > 0,
                Followers = new FollowerCount { Count = commands.CountOf(request.Account), Quality = FollowerCount.Types.Quality.Exact },
            };
        }
        finally
        {
            database.Gate.Release();
        }
    }

    public override async Task<IngestFollowsResponse> IngestFollows(IAsyncStreamReader<IngestFollowsRequest> requestStream, ServerCallContext context)
    {
        var answer = new IngestFollowsResponse();
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var follows = requestStream.Current.Follows;
            answer.Received += follows.Count;
            if (commit == PeerCommit.Batch)
            {
                answer.Changed += await RunAsync([.. follows], context.CancellationToken);
                continue;
            }

            foreach (var follow in follows)
            {
                answer.Changed += await RunAsync([follow], context.CancellationToken);
            }
        }

        answer.Unchanged = answer.Received - answer.Changed;
        return answer;
    }

    private async Task<int> RunAsync(Follow[] follows, CancellationToken cancellationToken)
    {
        await database.Gate.WaitAsync(cancellationToken);
        try
        {
            return commands.Run(follows);
        }
        finally
        {
            database.Gate.Release();
        }
    }
}

/// <summary>The peer's prepared statements for follows. Used by one caller at a time.</summary>
internal sealed class PeerFollowCommands(PeerDatabase database, TimeProvider clock)
{
    private static readonly Comparison<Follow> ByKey = static (x, y) =>
        x.Account != y.Account ? x.Account.CompareTo(y.Account) : x.Follower.CompareTo(y.Follower);

    private readonly SqliteCommand _begin = database.Command("BEGIN IMMEDIATE");
    private readonly SqliteCommand _commit = database.Command("COMMIT");
    private readonly SqliteCommand _rollback = database.Command("ROLLBACK");
    private readonly SqliteCommand _insert = database.Prepare("INSERT OR IGNORE INTO edges VALUES (@account, @follower)", "@account", "@follower");
    private readonly SqliteCommand _delete = database.Prepare("DELETE FROM edges WHERE account = @account AND follower = @follower", "@account", "@follower");

    // Without RETURNING, which costs SQLite more than the update itself; who needs the count reads it.
    private readonly SqliteCommand _add = database.Prepare(
        "UPDATE accounts SET followers = followers + @change, followers_version = followers_version + 1, followers_at = @at WHERE id = @account",
        "@change", "@at", "@account");

    private readonly SqliteCommand _count = database.Prepare("SELECT followers FROM accounts WHERE id = @account", "@account");

    /// <summary>The count of an account that exists.</summary>
    public long CountOf(long account)
    {
        _count.Parameters[0].Value = account;
        return (long)_count.ExecuteScalar()!;
    }

    /// <summary>Applies them in one transaction.</summary>
    /// <returns>How many changed an edge.</returns>
    public int Run(Follow[] follows)
    {
        // A stable sort would be needed if one batch could hold a follow and its unfollow; these streams do not.
        Array.Sort(follows, ByKey);
        _begin.ExecuteNonQuery();
        try
        {
            var changed = 0;
            for (var i = 0; i < follows.Length;)
            {
                changed += RunAccount(follows, ref i);
            }

            _commit.ExecuteNonQuery();
            return changed;
        }
        catch
        {
            _rollback.ExecuteNonQuery();
            throw;
        }
    }

    private int RunAccount(Follow[] follows, ref int i)
    {
        var account = follows[i].Account;
        int changed = 0, change = 0;
        for (; i < follows.Length && follows[i].Account == account; i++)
        {
            var isFollow = follows[i].Op == Follow.Types.Op.Follow;
            var command = isFollow ? _insert : _delete;
            command.Parameters[0].Value = account;
            command.Parameters[1].Value = follows[i].Follower;
            var rows = command.ExecuteNonQuery();
            changed += rows;
            change += isFollow ? rows : -rows;
        }

        _add.Parameters[0].Value = change;
        _add.Parameters[1].Value = clock.GetUtcNow().ToUnixTimeMilliseconds();
        _add.Parameters[2].Value = account;
        return _add.ExecuteNonQuery() == 1 ? changed : throw new RpcException(new Status(StatusCode.NotFound, "NOT_FOUND"));
    }
}
