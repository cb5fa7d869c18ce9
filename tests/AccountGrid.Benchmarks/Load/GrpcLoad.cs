using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AccountGrid.Benchmarks.Load;

/// <summary>
/// Unary gRPC calls over a fixed number of connections, each lane with one call in flight. Writes HTTP/2 frames itself
/// from bytes made beforehand: a general client would cost more than the servers and hide the difference between them.
/// </summary>
/// <param name="servers">Where: connections go to them in turn, as many to each.</param>
/// <param name="tokenOf">The token of a lane.</param>
/// <param name="methods">The methods' full paths; a call names its own by index.</param>
internal sealed class GrpcLoad(IReadOnlyList<Uri> servers, Func<int, string> tokenOf, IReadOnlyList<string> methods)
{
    /// <summary>Lanes that share a connection at most; well below what servers allow.</summary>
    private const int LanesPerConnection = 16;

    /// <summary>Runs lanes 0 to <paramref name="lanes"/> - 1 until their script ends them.</summary>
    public async Task<LoadResult> RunAsync(
        ILoadScript script, int lanes, TimeSpan duration, CancellationToken cancellationToken)
    {
        var connections = new List<Http2Connection>();
        try
        {
            // As few connections as hold all lanes, and the same number to each server.
            var count = servers.Count * (int)Math.Ceiling(lanes / (double)(LanesPerConnection * servers.Count));
            for (int i = 0, first = 0; i < count && first < lanes; i++)
            {
                var server = servers[i % servers.Count];
                var socket = await ConnectAsync(server, cancellationToken);
                var own = (lanes - first) / (count - i);
                connections.Add(
                    new Http2Connection(
                        socket, [.. Enumerable.Range(first, own).Select(lane => HeadersOf(server, lane))], script,
                        first));
                await connections[^1].OpenAsync(cancellationToken);
                first += own;
            }

            var start = Stopwatch.GetTimestamp();
            var deadline = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            await Task.WhenAll(
                connections.Select(c => Task.Run(() => c.RunAsync(deadline, cancellationToken), cancellationToken)));
            return new LoadResult(
                connections.Sum(c => c.Completed),
                Stopwatch.GetElapsedTime(start),
                connections.Sum(c => c.Failures),
                connections.Select(c => c.FirstFailure).FirstOrDefault(f => f is not null),
                [.. connections.SelectMany(c => c.Latencies)]);
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }
    }

    /// <summary>A connected socket that sends at once.</summary>
    public static async Task<Socket> ConnectAsync(Uri server, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        return socket;
    }

    private byte[][] HeadersOf(Uri server, int lane) =>
        [.. methods.Select(m => Hpack.RequestHeaders(server.Authority, m, tokenOf(lane)))];
}
