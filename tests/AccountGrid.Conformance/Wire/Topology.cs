using System.Net.Http.Headers;
using AccountGrid.Testing;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace AccountGrid.Conformance.Wire;

/// <summary>Where one gateway listens.</summary>
/// <param name="Http">JSON.</param>
/// <param name="Grpc">gRPC.</param>
public sealed record GatewayAddress(Uri Http, Uri Grpc);

/// <summary>
/// One way to run AccountGrid, started by the first test that needs it and stopped after the last: real processes on
/// loopback ports, with the settings of
/// <see cref="Settings"/>. Tests run side by side, each with accounts and people of its own. Thread-safe.
/// </summary>
public abstract class Topology : IAsyncDisposable
{
    /// <summary>
    /// One topology at a time: what starts is all processor, and a silo that gets none for seconds is declared dead by
    /// the others.
    /// </summary>
    private static readonly SemaphoreSlim Starting = new(1);

    private readonly Lazy<Task> _started;
    private static long _lastId = 1_000_000;
    private readonly SocketsHttpHandler _http = new() { UseProxy = false };
    private readonly Dictionary<GatewayAddress, GrpcChannel> _channels = [];
    private Turns<Uri> _httpTurns = new([]);

    /// <summary>Starts nothing yet.</summary>
    protected Topology() => _started = new Lazy<Task>(StartOnceAsync);

    /// <summary>
    /// What all processes of a topology are started with, in the environment: numbers that a test can reach within its
    /// time.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH"] = $"{ProtectedReach}",
        ["ACCOUNTGRID__OPERATORS__POWERCOOLOFF"] = "00:00:00",
        ["ACCOUNTGRID__ACCOUNTS__PROPOSALLIFETIME"] = "00:00:20",
        ["ACCOUNTGRID__ACCOUNTS__UNPROTECTCOOLOFF"] = "00:00:01",
        ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = $"{MaxHarms}",
        ["ACCOUNTGRID__OPERATORS__MAXREACH"] = $"{MaxReach}",
        ["ACCOUNTGRID__OPERATORS__SERVICEMAXHARMS"] = $"{ServiceMaxHarms}",
        ["ACCOUNTGRID__OPERATORS__SERVICEMAXREACH"] = $"{ServiceMaxReach}",
        ["ACCOUNTGRID__BRAKE__LOSSATLEAST"] = $"{LossAtLeast}",
        ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "00:00:01",
    };

    /// <summary>What all gateways are started with, co-hosted or not.</summary>
    public static IReadOnlyDictionary<string, string> GatewaySettings { get; } = new Dictionary<string, string>
    {
        // A little longer than a gateway of its own waits for a silo's answer, because a quiet stream must outlive
        // that.
        ["ACCOUNTGRID__GATEWAY__LIMITS__HEARTBEAT"] = "00:00:09",
        ["ACCOUNTGRID__GATEWAY__LIMITS__MAXSTREAMSPERSUBJECT"] = $"{MaxStreams}",
    };

    /// <summary>Followers from which an account is protected.</summary>
    public const int ProtectedReach = 100;

    /// <summary>Followers that a protected account may lose per hour.</summary>
    public const int LossAtLeast = 60;

    /// <summary>Harmful actions per person and hour.</summary>
    public const int MaxHarms = 8;

    /// <summary>Followers of the accounts that a person harms alone per hour.</summary>
    public const int MaxReach = 150;

    /// <summary>Accounts that one service takes down per hour.</summary>
    public const int ServiceMaxHarms = 40;

    /// <summary>Followers of the accounts that one service takes down per hour.</summary>
    public const int ServiceMaxReach = 250;

    /// <summary>Open streams per subject and gateway.</summary>
    public const int MaxStreams = 4;

    /// <summary>Why the topology cannot run here, or <c>null</c>: the reason to skip with.</summary>
    public virtual string? Missing => null;

    /// <summary>The gateways that calls are spread over.</summary>
    public IReadOnlyList<GatewayAddress> Gateways { get; private set; } = [];

    /// <summary>
    /// Every gateway that there is: <see cref="Gateways"/> and, where calls go through a gateway of its own, those
    /// inside the silos.
    /// </summary>
    public IReadOnlyList<GatewayAddress> Everywhere { get; private set; } = [];

    /// <summary>
    /// A proposal that was opened at the very start and that nobody will approve: by the time a test asks for it, most
    /// of its time is over.
    /// </summary>
    public V1.Proposal Forgotten { get; private set; } = null!;

    /// <summary>The directory with the development key.</summary>
    protected abstract string Keys { get; }

    /// <summary>An id that nobody used before.</summary>
    public static long FreshId() => Interlocked.Increment(ref _lastId);

    /// <summary>A person's name that nobody used before.</summary>
    public static string FreshName(string prefix) => $"{prefix}.{FreshId()}";

    /// <summary>Waits until it is there; the first call starts it.</summary>
    public Task StartedAsync() => _started.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        _http.Dispose();
        if (_started.IsValueCreated)
        {
            await StopAsync();
        }
    }

    /// <summary>A token by the development key.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="lifetime">From now on; default an hour.</param>
    /// <param name="roles">The roles claim.</param>
    public string Token(string subject, TimeSpan? lifetime = null, params string[] roles) =>
        TestTokens.Mint(Keys, subject, roles, lifetime);

    /// <summary>A caller whose calls go to the gateways in turn.</summary>
    /// <param name="protocol">What the generated clients speak.</param>
    /// <param name="token">Absent for a stranger.</param>
    public WireClient Caller(Protocol protocol, string? token)
    {
        var http = Client(new SpreadHandler(_httpTurns, _http), Gateways[0], token);
        return new WireClient(
            http, protocol == Protocol.Http
                ? new JsonInvoker(http)
                : new SpreadInvoker(new([.. Gateways.Select(g => Invoker(g, token))])));
    }

    /// <summary>A caller of one gateway.</summary>
    /// <param name="gateway">Of <see cref="Everywhere"/>.</param>
    /// <param name="protocol">What the generated clients speak.</param>
    /// <param name="token">Absent for a stranger.</param>
    public WireClient CallerAt(GatewayAddress gateway, Protocol protocol, string? token)
    {
        var http = Client(_http, gateway, token);
        return new WireClient(http, protocol == Protocol.Http ? new JsonInvoker(http) : Invoker(gateway, token));
    }

    /// <summary>gRPC at one gateway.</summary>
    public CallInvoker Invoker(GatewayAddress gateway, string? token)
    {
        var invoker = _channels[gateway].Intercept(new TracedInvoker());
        return token is null ? invoker : invoker.Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {token}");
            return metadata;
        });
    }

    /// <summary>Starts the processes.</summary>
    /// <returns>The gateways that calls are spread over, and further ones behind them.</returns>
    protected abstract Task<(IReadOnlyList<GatewayAddress> Gateways,
        IReadOnlyList<GatewayAddress> Behind)> StartAsync();

    /// <summary>
    /// Ends the processes in order, and fails if one had something to complain about. Also called if not all of them
    /// were started.
    /// </summary>
    protected abstract Task StopAsync();

    private async Task StartOnceAsync()
    {
        await Starting.WaitAsync();
        try
        {
            var (gateways, behind) = await StartAsync();
            (Gateways, Everywhere) = (gateways, [.. gateways, .. behind]);
            _httpTurns = new Turns<Uri>([.. gateways.Select(static g => g.Http)]);
            foreach (var gateway in Everywhere)
            {
                _channels[gateway] = GrpcChannel.ForAddress(gateway.Grpc);
            }
        }
        finally
        {
            Starting.Release();
        }

        Forgotten = await OpenForgottenAsync();
    }

    /// <summary>
    /// The very first commands meet processes that have just started: on a busy machine they may time out, and the
    /// client tries again, here with another account.
    /// </summary>
    private async Task<V1.Proposal> OpenForgottenAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var cast = new Cast(this, Protocol.Grpc);
            try
            {
                return (await cast.Kim.DownAsync(await cast.RegisterAsync(ProtectedReach))).Proposal;
            }
            catch (RpcException e) when (attempt < 10
                && e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private static HttpClient Client(HttpMessageHandler handler, GatewayAddress gateway, string? token)
    {
        var client = new HttpClient(handler, disposeHandler: false) { BaseAddress = gateway.Http };
        client.DefaultRequestHeaders.Authorization = token is null
            ? null
            : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
