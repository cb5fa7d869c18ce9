using AccountGrid.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>How the peer commits follows.</summary>
internal enum PeerCommit
{
    /// <summary>One transaction per follow.</summary>
    Each,

    /// <summary>
    /// One transaction per message of the stream: edges sorted, then each account's count by the rows that changed.
    /// </summary>
    Batch,
}

/// <summary>Follows by stream, durable before they are counted.</summary>
[Authorize(Roles = "service")]
internal sealed class PeerFollowerService(
    IPeerStore store, TimeProvider clock, PeerCommit commit) : FollowerService.FollowerServiceBase
{
    public override async Task<IngestFollowsResponse> IngestFollows(
        IAsyncStreamReader<IngestFollowsRequest> requestStream, ServerCallContext context)
    {
        var answer = new IngestFollowsResponse();
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var follows = requestStream.Current.Follows;
            answer.Received += follows.Count;
            if (commit == PeerCommit.Batch)
            {
                answer.Changed += await store.FollowAsync([.. follows], clock.GetUtcNow(), context.CancellationToken);
                continue;
            }

            foreach (var follow in follows)
            {
                answer.Changed += await store.FollowAsync([follow], clock.GetUtcNow(), context.CancellationToken);
            }
        }

        answer.Unchanged = answer.Received - answer.Changed;
        return answer;
    }
}
