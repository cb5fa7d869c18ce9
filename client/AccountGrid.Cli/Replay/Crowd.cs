using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>Followers by the million: made as they are sent, several streams at a time, never all in memory.</summary>
internal static class Crowd
{
    private const long FirstFollower = 1_000_000_001;
    private const int StreamsAtOnce = 3;

    /// <summary>Lets followers arrive, and checks that the count moved by exactly what changed.</summary>
    public static async Task<Seen> ArriveAsync(
        Stage stage, long account, long count, CancellationToken cancellationToken)
    {
        var before = (await stage.AccountAsync(account, cancellationToken)).Followers;
        if (before.Count >= count && before.Quality == FollowerCount.Types.Quality.Exact)
        {
            return Seen.Right($"{Stage.Say(before)}: there already, from an earlier replay");
        }

        var total = count <= FollowersClient.MaxFollowsPerStream
            ? await SendAsync(stage, account, count, static _ => { }, cancellationToken)
            : await ProgressLine.RunAsync(
                stage.Output,
                $"followers of {account}",
                count,
                report => SendAsync(stage, account, count, report, cancellationToken));
        var after = (await stage.AccountAsync(account, cancellationToken)).Followers;

        // A stream that was sent again reports as unchanged what its first sending changed: then only the sum can be
        // checked.
        var adds = total.Failed == 0 && total.Changed + total.Unchanged == count;
        var exact = after.Quality == FollowerCount.Types.Quality.Exact && after.Count >= before.Count + total.Changed
            && (before.Count > 0 ? after.Count <= before.Count + count : after.Count == count);
        var refused = total.Failed > 0
            ? $"; {Show.Count(total.Failed)} were refused: {total.Errors.FirstOrDefault()?.Message}"
            : "";
        return new Seen(adds && exact, Stage.Say(after) + refused);
    }

    private static async Task<IngestFollowsResponse> SendAsync(
        Stage stage, long account, long count, Action<long> report, CancellationToken cancellationToken)
    {
        var followers = stage.Cast.Network.Api.Followers;
        var total = new IngestFollowsResponse();
        var gate = new Lock();
        var streams = (count + FollowersClient.MaxFollowsPerStream - 1) / FollowersClient.MaxFollowsPerStream;
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = StreamsAtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0L, streams, options, async (stream, stop) =>
        {
            var first = stream * FollowersClient.MaxFollowsPerStream;
            var size = (int)Math.Min(FollowersClient.MaxFollowsPerStream, count - first);
            var follows = new Follow[size];
            for (var i = 0; i < size; i++)
            {
                follows[i] =
                    new Follow { Account = account, Follower = FirstFollower + first + i, Op = Follow.Types.Op.Follow };
            }

            var answer = await followers.IngestStreamAsync(follows, stop);
            lock (gate)
            {
                total.Changed += answer.Changed;
                total.Unchanged += answer.Unchanged;
                total.Failed += answer.Failed;
                total.Errors.AddRange(answer.Errors.Take(Math.Max(0, 10 - total.Errors.Count)));
                report(total.Changed + total.Unchanged + total.Failed);
            }
        });
        return total;
    }
}
