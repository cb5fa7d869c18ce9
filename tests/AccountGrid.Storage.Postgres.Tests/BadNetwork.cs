using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>
/// Stands between a store and the server and passes everything on, until it is told what to do to the connection whose client next sends a certain text. Loopback only.
/// </summary>
internal sealed class BadNetwork : IAsyncDisposable
{
    // The last message of a statement: the server commits when it comes.
    private static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private volatile Fault? _fault;

    public BadNetwork(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    /// <summary>What the client sends with this text arrives; the server's answer to it does not, and the connection is gone.</summary>
    public Task CutAnswerTo(string text) => Arm(text, Kind.CutAnswer);

    /// <summary>What the client sends with this text arrives; no answer ever does, and the connection stays.</summary>
    public Task SwallowAnswerTo(string text) => Arm(text, Kind.SwallowAnswer);

    /// <summary>What the client sends with this text arrives, but for the very end of it; the connection stays.</summary>
    public Task WithholdEndOf(string text) => Arm(text, Kind.WithholdEnd);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private Task Arm(string text, Kind kind)
    {
        var fault = new Fault(Encoding.UTF8.GetBytes(text), kind);
        _fault = fault;
        return fault.Happened.Task;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var fromClient = client;
        using var server = new TcpClient();
        var connection = new Connection();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await Task.WhenAny(PumpAsync(client, server, connection, isClient: true), PumpAsync(server, client, connection, isClient: false));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Both ends are closed in any case.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Connection connection, bool isClient)
    {
        var buffer = new byte[1 << 16];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                var bytes = buffer.AsMemory(0, read);
                if (isClient)
                {
                    if (_fault is { } fault && bytes.Span.IndexOf(fault.Text) >= 0)
                    {
                        (connection.Fault, _fault) = (fault, null);
                    }

                    if (connection.Fault is { Kind: Kind.WithholdEnd } withholding && bytes.Span.EndsWith(Sync))
                    {
                        await to.GetStream().WriteAsync(bytes[..^Sync.Length], _stop.Token);
                        withholding.Happened.TrySetResult();
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                    }
                }
                else if (connection.Fault is { Kind: Kind.CutAnswer or Kind.SwallowAnswer } fault)
                {
                    fault.Happened.TrySetResult();
                    if (fault.Kind == Kind.CutAnswer)
                    {
                        return;
                    }

                    continue;
                }

                await to.GetStream().WriteAsync(bytes, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One end is gone: so is the other, then.
        }
    }

    private enum Kind
    {
        CutAnswer,
        SwallowAnswer,
        WithholdEnd,
    }

    private sealed record Fault(byte[] Text, Kind Kind)
    {
        public TaskCompletionSource Happened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Connection
    {
        private volatile Fault? _fault;

        public Fault? Fault
        {
            get => _fault;
            set => _fault = value;
        }
    }
}
