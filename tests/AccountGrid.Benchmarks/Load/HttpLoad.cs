using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AccountGrid.Benchmarks.Load;

/// <summary>
/// HTTP/1.1 requests, one connection per lane, kept alive, one request in flight on each. Requests are made beforehand.
/// </summary>
internal sealed class HttpLoad(Uri server)
{
    /// <summary>The bytes of a GET with a bearer token.</summary>
    public static byte[] Get(Uri server, string path, string token) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n\r\n");

    /// <summary>Runs lanes 0 to <paramref name="lanes"/> - 1 until their script ends them.</summary>
    public async Task<LoadResult> RunAsync(
        ILoadScript script, int lanes, TimeSpan duration, CancellationToken cancellationToken)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                sockets.Add(await GrpcLoad.ConnectAsync(server, cancellationToken));
            }

            var start = Stopwatch.GetTimestamp();
            var deadline = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            var results = await Task.WhenAll(
                sockets.Select((s, lane) =>
                    Task.Run(() => RunLaneAsync(s, script, lane, deadline, cancellationToken), cancellationToken)));
            return new LoadResult(
                results.Sum(r => r.Completed), Stopwatch.GetElapsedTime(start), results.Sum(r => r.Failures),
                results.Select(r => r.First).FirstOrDefault(f => f is not null), []);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private static async Task<(long Completed, long Failures, string? First)> RunLaneAsync(
        Socket socket, ILoadScript script, int lane, long deadline, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        var completed = 0L;
        while (script.TryNext(lane, Stopwatch.GetTimestamp() >= deadline, out var call))
        {
            for (var rest = call.Bytes; !rest.IsEmpty;)
            {
                rest = rest[await socket.SendAsync(rest, cancellationToken)..];
            }

            var length = await ReceiveAsync(socket, buffer, cancellationToken);
            if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
            {
                return (completed, 1, Encoding.Latin1.GetString(buffer, 0, Math.Min(length, 600)));
            }

            completed++;
            script.Answered(lane, buffer.AsSpan(0, length));
        }

        return (completed, 0, null);
    }

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection, or the answer is too long.");
            }

            length += read;
            if (IsWhole(buffer.AsSpan(0, length)))
            {
                return length;
            }
        }
    }

    // One request is in flight, so that whatever stands behind the headers is its body alone.
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var length = answer[..end].IndexOf("\r\nContent-Length: "u8);
        if (length < 0)
        {
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var text = answer[(length + "\r\nContent-Length: ".Length)..];
        return answer.Length - end - 4 >= int.Parse(text[..text.IndexOf("\r\n"u8)], CultureInfo.InvariantCulture);
    }
}
