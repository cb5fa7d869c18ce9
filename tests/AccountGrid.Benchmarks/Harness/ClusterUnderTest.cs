using System.Globalization;
using System.Text.RegularExpressions;
using AccountGrid.Testing;
using AccountGrid.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// Real silos on one PostgreSQL server, and where asked for a gateway of its own before them. Not thread-safe, except
/// for <see cref="AccountsAt"/>.
/// </summary>
internal sealed partial class ClusterUnderTest : IAsyncDisposable
{
    private readonly PostgresArena _arena;
    private readonly string _name;
    private readonly List<SiloProcess> _silos = [];
    private readonly List<GrpcChannel> _channels = [];
    private GatewayProcess? _gateway;

    private ClusterUnderTest(PostgresArena arena, string name) => (_arena, _name) = (arena, name);

    /// <summary>The silos, in the order in which they were started.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>The gRPC address of the gateway that is a process of its own.</summary>
    public Uri? Gateway { get; private set; }

    /// <summary>Starts silos on accounts 1 to <paramref name="accounts"/>.</summary>
    public static async Task<ClusterUnderTest> StartAsync(
        PostgresArena arena, string name, int silos, int accounts, bool withGateway,
        IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var cluster = new ClusterUnderTest(arena, name);
        try
        {
            var all = new Dictionary<string, string>(environment ?? new Dictionary<string, string>());
            if (withGateway)
            {
                all[SiloSettings.GatewayPort] = "0";
            }

            for (var i = 0; i < silos; i++)
            {
                cluster._silos.Add(await arena.StartSiloAsync(name, i == 0 ? accounts : 0, all, cancellationToken));
            }

            if (withGateway)
            {
                await cluster.StartGatewayAsync(cancellationToken);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A token of a product service.</summary>
    public string Token() => _silos[0].Token(SiloUnderTest.Service, "service");

    /// <summary>
    /// The account service of one silo, over a connection that its callers share and that outlives the silo.
    /// </summary>
    public AccountService.AccountServiceClient AccountsAt(Uri grpc, out CallOptions options)
    {
        options = new CallOptions(new Metadata { { "authorization", $"Bearer {Token()}" } });
        lock (_channels)
        {
            if (_channels.Find(c => c.Target == grpc.Authority) is not { } channel)
            {
                _channels.Add(channel = GrpcChannel.ForAddress(grpc));
            }

            return new AccountService.AccountServiceClient(channel.CreateCallInvoker());
        }
    }

    /// <summary>Processor time so far, in seconds: of all silos and the gateway, and of the database server.</summary>
    public (double Grid, double Database) ProcessorTimes() =>
        (_silos.Sum(s => ProcessorTime.Of(s.ProcessId)) + (_gateway is null ? 0 : ProcessorTime.Of(_gateway.ProcessId)),
            _arena.DatabaseTime(_name));

    /// <summary>How many accounts are active in a silo, by what it says of itself.</summary>
    public static async Task<int> ActivationsOfAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        using var client = silo.CreateHttpClient();
        var found = AccountActivations()
            .Match(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken));
        return found.Success ? (int)double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(c => c.Dispose());
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
    }

    private async Task StartGatewayAsync(CancellationToken cancellationToken)
    {
        _gateway = new GatewayProcess(new GatewayProcessOptions
        {
            DataDirectory = _silos[0].DataDirectory,
            Postgres = (await _arena.ServerOfAsync(_name)).ConnectionString(),

            // Its short default is for failing over; a busy machine must make a benchmark slow, not wrong.
            Environment = new Dictionary<string, string> { ["ACCOUNTGRID__RESPONSETIMEOUT"] = "00:00:30" },
            AsInProduction = true,
        });
        Gateway = (await _gateway.WaitForAddressesAsync(cancellationToken)).Grpc;
    }

    [GeneratedRegex("""catalog_activations\{grain_type="account"\} (\d+)""")]
    private static partial Regex AccountActivations();
}
