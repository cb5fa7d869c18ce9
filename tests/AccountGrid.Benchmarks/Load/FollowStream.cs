using System.Diagnostics;
using AccountGrid.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccountGrid.Benchmarks.Load;

/// <summary>Ingests follows over gRPC streams from messages that were encoded beforehand.</summary>
internal sealed class FollowStream(Uri server, string token) : IDisposable
{
    private static readonly Method<byte[], IngestFollowsResponse> Ingest = new(
        MethodType.ClientStreaming, "accountgrid.v1.FollowerService", "IngestFollows",
        Marshallers.Create(static bytes => bytes, static bytes => bytes),
        Marshallers.Create(static answer => answer.ToByteArray(), IngestFollowsResponse.Parser.ParseFrom));

    private readonly GrpcChannel _channel =
        GrpcChannel.ForAddress(server, new GrpcChannelOptions { MaxSendMessageSize = null });

    /// <summary>Messages of so many follows each.</summary>
    /// <param name="count">How many follows.</param>
    /// <param name="perMessage">Follows in a message.</param>
    /// <param name="firstSerial">Numbers the follows of all calls; each gives another follower.</param>
    /// <param name="accountOf">Whom the follow of a serial number follows.</param>
    /// <param name="followerOf">Who follows; <see cref="Scattered"/> or, to fill an account quickly, in ascending
    /// order.</param>
    public static IReadOnlyList<byte[]> Encode(
        int count, int perMessage, long firstSerial, Func<long, long> accountOf, Func<long, long> followerOf)
    {
        var messages = new List<byte[]>();
        for (var from = 0; from < count; from += perMessage)
        {
            var message = new IngestFollowsRequest();
            for (var i = from; i < Math.Min(count, from + perMessage); i++)
            {
                message.Follows.Add(
                    new Follow
                    {
                        Account = accountOf(firstSerial + i),
                        Follower = followerOf(firstSerial + i),
                        Op = Follow.Types.Op.Follow
                    });
            }

            messages.Add(message.ToByteArray());
        }

        return messages;
    }

    /// <summary>
    /// Scatters serial numbers over 32 bits, one to one, as the ids of those who follow a famous account are scattered;
    /// no benchmark has accounts there.
    /// </summary>
    public static long Scattered(long serial) => (long)(uint)(serial * 0x9E3779B1) + 1_000_000_000;

    /// <summary>Sends the messages over a number of streams and waits until every one is acknowledged.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="InvalidOperationException">Not every follow changed an edge.</exception>
    public async Task<TimeSpan> SendAsync(
        IReadOnlyList<byte[]> messages, int streams, long follows, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, streams)
                .Select(s => Task.Run(() => SendOneAsync(messages, s, streams, cancellationToken), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(start);
        var changed = answers.Sum(a => a.Changed);
        return changed == follows
            ? elapsed
            : throw new InvalidOperationException(
                $"{changed} of {follows} follows changed an edge; the first answer: {answers[0]}");
    }

    public void Dispose() => _channel.Dispose();

    private async Task<IngestFollowsResponse> SendOneAsync(
        IReadOnlyList<byte[]> messages, int stream, int streams, CancellationToken cancellationToken)
    {
        var options = new CallOptions(
            new Metadata { { "authorization", $"Bearer {token}" } }, cancellationToken: cancellationToken);
        using var call = _channel.CreateCallInvoker().AsyncClientStreamingCall(Ingest, null, options);
        for (var i = stream; i < messages.Count; i += streams)
        {
            await call.RequestStream.WriteAsync(messages[i], cancellationToken);
        }

        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
