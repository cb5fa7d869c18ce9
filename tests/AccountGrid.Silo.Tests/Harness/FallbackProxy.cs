using System.Net;
using System.Net.Sockets;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// Passes each connection on to the first of some ports of this machine that accepts it, as a load balancer does that
/// looks at connections alone: one that stands still is as good to it as one that answers.
/// </summary>
public sealed class FallbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<int> _ports;
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="ports">In order of preference.</param>
    public FallbackProxy(params IReadOnlyList<int> ports)
    {
        _ports = ports;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where clients connect.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(Socket client)
    {
        using (client)
        {
            using var server = await ConnectAsync();
            if (server is not null)
            {
                // Whichever side ends, the other does.
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        foreach (var port in _ports)
        {
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
                return server;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                server.Dispose();
            }
        }

        return null;
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[1 << 14];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone.
        }
    }
}
