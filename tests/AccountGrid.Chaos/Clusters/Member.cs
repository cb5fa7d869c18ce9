using System.Net;
using System.Net.Sockets;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;
using Grpc.Net.Client;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// One silo of the cluster through all its lives, with its way to the database, its clock and its address. Its clients
/// are not told when it dies: they find out. Used by one caller at a time.
/// </summary>
internal sealed class Member : IAsyncDisposable
{
    private const int KeptOutput = 2_000;
    private readonly Connection _connection;
    private readonly SiloProcess _silo;
    private readonly List<string> _earlierOutput = [];
    private readonly List<GrpcChannel> _earlierChannels = [];
    private GrpcChannel _channel;
    private bool _taken = true;

    private Member(MemberPlan plan, Connection connection, SiloProcess silo)
    {
        (Plan, _connection, _silo) = (plan, connection, silo);
        _channel = silo.CreateChannel();
    }

    /// <summary>What it was started with.</summary>
    public MemberPlan Plan { get; }

    /// <summary>For a person: <c>silo 1</c>.</summary>
    public string Name => $"silo {Plan.Number + 1}";

    /// <summary>Whether the process is there; it may stand still.</summary>
    public bool IsRunning => !_silo.HasExited;

    /// <summary>Whether it stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>The current process.</summary>
    public int ProcessId => _silo.ProcessId;

    /// <summary>What all its lives have printed, but for the oldest of very much.</summary>
    public IEnumerable<string> Output => [.. _earlierOutput, .. _silo.Output];

    /// <summary>A way to it for the checks.</summary>
    public Endpoint Endpoint(int incarnation) => new(incarnation, _channel.CreateCallInvoker(), Name);

    /// <summary>Starts the first life. Not published yet.</summary>
    public static async Task<Member> StartAsync(
        MemberPlan plan, Connection connection, CancellationToken cancellationToken) =>
        new(plan, connection, await SiloProcess.StartAsync(plan.Options, cancellationToken));

    /// <summary>Clients may choose it, unless <see cref="TakeOut"/> was the last word.</summary>
    public void Publish(int incarnation)
    {
        if (_taken)
        {
            _connection.Publish(Endpoint(incarnation), Plan.Number);
        }
    }

    /// <summary>
    /// Connects to its gRPC port as its clients do; a silo that stands still accepts connections too. Thread-safe.
    /// </summary>
    /// <exception cref="SocketException">It refuses.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var grpc = _silo.Grpc;
        if (Plan.Options.Connect is { } connect)
        {
            return await connect(new DnsEndPoint(grpc.Host, grpc.Port), cancellationToken);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(grpc.Host, grpc.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>As a load balancer does before an orderly stop: no further call goes there.</summary>
    public void TakeOut()
    {
        _taken = false;
        _connection.Withdraw(Plan.Number);
    }

    /// <summary>Puts it back.</summary>
    public void TakeIn(int incarnation)
    {
        _taken = true;
        Publish(incarnation);
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync()
    {
        IsPaused = false;
        return _silo.KillAsync();
    }

    /// <summary>SIGSTOP.</summary>
    public void Pause()
    {
        IsPaused = true;
        _silo.Pause();
    }

    /// <summary>SIGCONT.</summary>
    public void Resume()
    {
        IsPaused = false;
        _silo.Resume();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync(CancellationToken cancellationToken) =>
        _silo.StopAsync(TimeSpan.FromSeconds(60), cancellationToken);

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> EndsAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await _silo.WaitForExitAsync(patience, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Starts the next life, whatever became of the last one, and lets clients know its address.</summary>
    public async Task RestartAsync(int incarnation, CancellationToken cancellationToken)
    {
        _earlierOutput.AddRange(_silo.Output.Append($"--- end of process {_silo.ProcessId} ---"));
        _earlierOutput.RemoveRange(0, Math.Max(0, _earlierOutput.Count - KeptOutput));
        await _silo.RestartAsync(cancellationToken);

        // Kept to the end: a client that has just taken the old address must meet a refused connection, not a disposed
        // channel.
        _earlierChannels.Add(_channel);
        _channel = _silo.CreateChannel();
        Publish(incarnation);
    }

    /// <summary>Whether it says that it is ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var client = _silo.CreateHttpClient();
        client.Timeout = TimeSpan.FromSeconds(5);
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A port that is free now.</summary>
    public static int FreePort(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _earlierChannels.Append(_channel).ToList().ForEach(static c => c.Dispose());
        await Plan.Database.DisposeAsync();
        Plan.Faults?.Dispose();
    }
}

/// <summary>What a member is started with, in every life.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Address">Where the other silos reach it.</param>
/// <param name="SiloPort">And at which port: the same in every life.</param>
/// <param name="Options">How the process is started.</param>
/// <param name="Database">Its way to the database.</param>
/// <param name="Faults">Its clock; <c>null</c> where it cannot be made wrong.</param>
internal sealed record MemberPlan(
    int Number, string Address, int SiloPort, SiloProcessOptions Options, BadNetwork Database, MachineFaults? Faults);
