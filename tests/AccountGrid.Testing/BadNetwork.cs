using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AccountGrid.Testing;

/// <summary>
/// Stands between a client and a PostgreSQL server and passes everything on, until it is told what to do to the connection whose client next sends a certain text, or to
/// fall silent altogether. Thread-safe.
/// </summary>
public sealed class BadNetwork : IAsyncDisposable
{
    // The last message of a statement: the server commits when it comes.
    private static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly Valve _toServer = new();
    private readonly Valve _toClient = new();
    private volatile Fault? _fault;

    /// <summary>Begins to listen.</summary>
    /// <param name="serverPort">The server's port on 127.0.0.1.</param>
    /// <param name="listenOn">Where clients connect; default 127.0.0.1.</param>
    public BadNetwork(int serverPort, IPAddress? listenOn = null)
    {
        _serverPort = serverPort;
        _listener = new TcpListener(listenOn ?? IPAddress.Loopback, 0);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The port of <see cref="EndPoint"/>.</summary>
    public int Port => EndPoint.Port;

    /// <summary>What the client sends with this text arrives; the server's answer to it does not, and the connection is gone.</summary>
    /// <returns>Completes when it has happened.</returns>
    public Task CutAnswerTo(string text) => Arm(new Fault(Encoding.UTF8.GetBytes(text), Kind.CutAnswer));

    /// <summary>
    /// The next whole statement on a connection that has prepared a call of a function is carried out by the server, commit and all; its answer does not arrive, and the
    /// connection is gone.
    /// </summary>
    /// <param name="function">One of <see cref="Functions"/>.</param>
    /// <returns>Completes when it has happened.</returns>
    public Task CutAnswerToCallOf(string function) => Arm(new Fault(Sync, Kind.CutAnswer, function));

    /// <summary>What has not happened yet does not happen any more.</summary>
    public void Disarm() => _fault = null;

    /// <summary>The functions that connections are known by: what is prepared is named once, and later called by a number.</summary>
    public ImmutableArray<string> Functions { get; init; } = ["journal_append", "followers_apply"];

    /// <summary>What the client sends with this text arrives; no answer ever does, and the connection stays.</summary>
    public Task SwallowAnswerTo(string text) => Arm(new Fault(Encoding.UTF8.GetBytes(text), Kind.SwallowAnswer));

    /// <summary>What the client sends with this text arrives, but for the very end of it; the connection stays.</summary>
    public Task WithholdEndOf(string text) => Arm(new Fault(Encoding.UTF8.GetBytes(text), Kind.WithholdEnd));

    /// <summary>Nothing is passed on any more in the directions named; connections stay, and new ones are accepted. What was withheld goes on after <see cref="Speak"/>.</summary>
    public void FallSilent(bool toServer, bool toClient)
    {
        _toServer.Set(!toServer);
        _toClient.Set(!toClient);
    }

    /// <summary>Everything is passed on again.</summary>
    public void Speak() => FallSilent(toServer: false, toClient: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private Task Arm(Fault fault)
    {
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
                connections.RemoveAll(static c => c.IsCompleted);
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
            (client.NoDelay, server.NoDelay) = (true, true);
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
                await (isClient ? _toServer : _toClient).PassAsync(_stop.Token);
                if (!await (isClient ? MayGoToServerAsync(bytes, to, connection) : MayGoToClientAsync(connection)))
                {
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

    private async ValueTask<bool> MayGoToServerAsync(Memory<byte> bytes, TcpClient server, Connection connection)
    {
        if (_fault is { } fault && connection.Matches(fault, bytes.Span))
        {
            (connection.Fault, _fault) = (fault, null);
        }

        foreach (var function in Functions)
        {
            connection.Remember(function, bytes.Span);
        }

        if (connection.Fault is { Kind: Kind.WithholdEnd } withholding && bytes.Span.EndsWith(Sync))
        {
            await server.GetStream().WriteAsync(bytes[..^Sync.Length], _stop.Token);
            withholding.Happened.TrySetResult();
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        return true;
    }

    private static ValueTask<bool> MayGoToClientAsync(Connection connection)
    {
        if (connection.Fault is not { Kind: Kind.CutAnswer or Kind.SwallowAnswer } fault)
        {
            return new(true);
        }

        fault.Happened.TrySetResult();
        return fault.Kind == Kind.CutAnswer ? throw new IOException("The connection is cut here.") : new(false);
    }

    private enum Kind
    {
        CutAnswer,
        SwallowAnswer,
        WithholdEnd,
    }

    /// <param name="Text">What the client sends.</param>
    /// <param name="Kind">What then happens.</param>
    /// <param name="Function">The function that it must have prepared a call of before; <c>null</c> = none in particular.</param>
    private sealed record Fault(byte[] Text, Kind Kind, string? Function = null)
    {
        public TaskCompletionSource Happened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Connection
    {
        private readonly HashSet<string> _prepared = [];
        private volatile Fault? _fault;

        public Fault? Fault
        {
            get => _fault;
            set => _fault = value;
        }

        public void Remember(string function, ReadOnlySpan<byte> bytes)
        {
            if (!_prepared.Contains(function) && bytes.IndexOf(Encoding.UTF8.GetBytes(function)) >= 0)
            {
                _prepared.Add(function);
            }
        }

        public bool Matches(Fault fault, ReadOnlySpan<byte> bytes) =>
            bytes.IndexOf(fault.Text) >= 0 && (fault.Function is null || _prepared.Contains(fault.Function));
    }

    /// <summary>Lets through or holds back.</summary>
    private sealed class Valve
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _closed;

        public void Set(bool open)
        {
            lock (_gate)
            {
                if (!open)
                {
                    _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    return;
                }

                _closed?.TrySetResult();
                _closed = null;
            }
        }

        public Task PassAsync(CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                return _closed?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
            }
        }
    }
}
