using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Cli.Ingest;

/// <summary>
/// Sends follows in streams of at most <see cref="StreamSize"/>, each acknowledged by its own answer, so that whoever sends knows what is
/// durable. A stream whose outcome is unknown, or in which some follow met a busy server, is sent again: a follow twice is a follow once.
/// </summary>
internal sealed class FollowSender(ApiClient api, CallContext calls)
{
    /// <summary>The most follows in one stream: what an interruption repeats at worst, and what is kept in memory for it.</summary>
    public const int StreamSize = 100_000;

    /// <summary>The most follows in one message, a limit of the server's.</summary>
    public const int MessageSize = 10_000;

    private static readonly TimeSpan StreamTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Sends one stream. Returns when all of it is durable or refused.</summary>
    /// <exception cref="RpcException">The outcome is unknown after all attempts, or the server refuses the whole.</exception>
    public async Task<IngestFollowsResponse> SendAsync(IReadOnlyList<Follow> follows, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await calls.RetryAsync(options => SendOnceAsync(follows, options), cancellationToken, StreamTimeout);
            if (attempt == CallContext.MaxAttempts || !answer.Errors.Any(e => e.Reason is "OVERLOADED" or "STORAGE_UNAVAILABLE"))
            {
                return answer;
            }

            await Task.Delay(CallContext.DelayBefore(attempt + 2, null), calls.Clock, cancellationToken);
        }
    }

    private async Task<IngestFollowsResponse> SendOnceAsync(IReadOnlyList<Follow> follows, CallOptions options)
    {
        using var call = api.Followers.IngestFollows(options);
        try
        {
            for (var sent = 0; sent < follows.Count; sent += MessageSize)
            {
                var message = new IngestFollowsRequest();
                var end = Math.Min(sent + MessageSize, follows.Count);
                message.Follows.Capacity = end - sent;
                for (var i = sent; i < end; i++)
                {
                    message.Follows.Add(follows[i]);
                }

                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The server ended the call early; its own answer below says why.
        }

        return await call.ResponseAsync;
    }
}
