using System.Runtime.CompilerServices;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>
/// Sends follows in bounded streams, each acknowledged by its own answer, so that the caller knows what is durable.
/// </summary>
internal sealed class FollowStreams(FollowerService.FollowerServiceClient stub, CallPipeline calls)
{
    /// <summary>The most follows in one message, a limit of the server's.</summary>
    private const int MostPerMessage = 10_000;

    /// <summary>
    /// More than any follow takes on the wire. A message over the client's own limit would not end the call, and it
    /// would hang until its deadline.
    /// </summary>
    private const int BytesPerFollow = 32;

    private const int ReportedErrors = 1000;

    /// <summary>
    /// How much longer than after a failed call to wait before a stream is sent again for a busy account.
    /// </summary>
    private const int BusyHeadStart = 2;

    /// <summary>Sends one stream. Returns when all of it is durable or refused.</summary>
    public async Task<IngestFollowsResponse> SendAsync(
        IReadOnlyList<Follow> follows, CancellationToken cancellationToken)
    {
        var (settings, most) = (calls.Settings, calls.Settings.Options.Retry.MaxAttempts);
        for (var attempt = 1; ; attempt++)
        {
            var answer = await calls.RunAsync(
                ServiceMethod.IngestFollows, options => SendOnceAsync(follows, options), cancellationToken);
            if (attempt >= most || !answer.Errors.Any(
                static e => e.Reason is AccountGridReasons.Overloaded or AccountGridReasons.StorageUnavailable))
            {
                return answer;
            }

            await Task.Delay(calls.DelayBefore(attempt + BusyHeadStart, null), settings.Clock, cancellationToken);
        }
    }

    /// <summary>Sends stream after stream.</summary>
    public async IAsyncEnumerable<FollowsAcknowledged> SendAllAsync(
        IAsyncEnumerable<Follow> follows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new List<Follow>();
        var total = new IngestFollowsResponse();
        var through = 0L;
        await foreach (var follow in follows.WithCancellation(cancellationToken))
        {
            buffer.Add(follow);
            if (buffer.Count == FollowersClient.MaxFollowsPerStream)
            {
                yield return await AcknowledgeAsync();
            }
        }

        if (buffer.Count > 0)
        {
            yield return await AcknowledgeAsync();
        }

        async Task<FollowsAcknowledged> AcknowledgeAsync()
        {
            var answer = await SendAsync(buffer, cancellationToken);
            foreach (var error in answer.Errors)
            {
                // The server counts within the stream.
                error.Line += through;
            }

            Add(total, answer);
            through += buffer.Count;
            buffer.Clear();
            return new FollowsAcknowledged(through, answer, total.Clone());
        }
    }

    private static void Add(IngestFollowsResponse total, IngestFollowsResponse answer)
    {
        total.Received += answer.Received;
        total.Changed += answer.Changed;
        total.Unchanged += answer.Unchanged;
        total.Failed += answer.Failed;
        total.Errors.AddRange(answer.Errors.Take(ReportedErrors - total.Errors.Count));
    }

    private async Task<IngestFollowsResponse> SendOnceAsync(IReadOnlyList<Follow> follows, CallOptions options)
    {
        var perMessage = Math.Min(MostPerMessage, calls.Settings.Options.MaxSendMessageBytes / BytesPerFollow);
        using var call = stub.IngestFollows(options);
        try
        {
            for (var sent = 0; sent < follows.Count; sent += perMessage)
            {
                var message = new IngestFollowsRequest();
                var end = Math.Min(sent + perMessage, follows.Count);
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
