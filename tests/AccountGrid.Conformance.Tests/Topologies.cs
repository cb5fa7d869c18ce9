using AccountGrid.Conformance.Tests;
using AccountGrid.Conformance.Wire;
using AccountGrid.Testing;

[assembly: AssemblyFixture(typeof(OneSiloOnSqlite))]
[assembly: AssemblyFixture(typeof(OneSiloOnPostgres))]
[assembly: AssemblyFixture(typeof(ThreeSilos))]
[assembly: AssemblyFixture(typeof(ThreeSilosBehindAGateway))]

// Many tests wait for something that takes its time, and none of them loads a processor by itself: as many as
// processors would leave those idle.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]

namespace AccountGrid.Conformance.Tests;

/// <summary>Silos as real processes on free loopback ports, with a data directory in common.</summary>
public abstract class SiloTopology : Topology
{
    private readonly TempDirectory _keys = new();

    protected override string Keys => _keys.FullPath;

    /// <summary>Those that are running.</summary>
    protected IReadOnlyList<SiloProcess> Silos { get; private set; } = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All at once, as an installation that is set up: they agree among themselves who makes what.</summary>
    protected async Task StartSilosAsync(
        int count, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var options = new SiloProcessOptions
        {
            DataDirectory = Keys,
            Arguments = arguments,
            StartTimeout = TimeSpan.FromMinutes(3),
            Environment = Settings.Concat(GatewaySettings).Concat(environment).ToDictionary(),
        };
        Silos = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SiloProcess.StartAsync(options, Cancel)));
    }

    protected static GatewayAddress AddressOf(SiloProcess silo) => new(silo.Http, silo.Grpc);

    /// <summary>Each ends in order, one after the other, and none had an alarm to raise.</summary>
    protected override async Task StopAsync()
    {
        try
        {
            foreach (var silo in Silos)
            {
                Assert.Equal(0, await silo.StopAsync(cancellationToken: CancellationToken.None));
                Assert.DoesNotContain(silo.Output, static line => line.Contains("ALERT", StringComparison.Ordinal));
            }
        }
        finally
        {
            foreach (var silo in Silos)
            {
                await silo.DisposeAsync();
            }

            _keys.Dispose();
        }
    }
}

/// <summary>The embedded default: one silo on SQLite.</summary>
public sealed class OneSiloOnSqlite : SiloTopology
{
    protected override async Task<(IReadOnlyList<GatewayAddress> Gateways,
        IReadOnlyList<GatewayAddress> Behind)> StartAsync()
    {
        await StartSilosAsync(1, []);
        return ([AddressOf(Silos[0])], []);
    }
}

/// <summary>Silos on a PostgreSQL server of the topology's own.</summary>
public abstract class PostgresTopology : SiloTopology
{
    private PostgresServer? _server;

    public override string? Missing => PostgresServer.Missing;

    /// <summary>The database, once silos are started on it.</summary>
    protected string Database => _server!.ConnectionString();

    protected async Task StartSilosOnPostgresAsync(int count, params string[] arguments)
    {
        _server = await PostgresServer.StartNewAsync();
        await StartSilosAsync(count, [new("ACCOUNTGRID__POSTGRES", Database)], arguments);
    }

    protected override async Task StopAsync()
    {
        try
        {
            await base.StopAsync();
        }
        finally
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}

/// <summary>One silo on PostgreSQL.</summary>
public sealed class OneSiloOnPostgres : PostgresTopology
{
    protected override async Task<(IReadOnlyList<GatewayAddress> Gateways,
        IReadOnlyList<GatewayAddress> Behind)> StartAsync()
    {
        await StartSilosOnPostgresAsync(1);
        return ([AddressOf(Silos[0])], []);
    }
}

/// <summary>A cluster: three silos on PostgreSQL, calls spread over the gateways of all three.</summary>
public sealed class ThreeSilos : PostgresTopology
{
    protected override async Task<(IReadOnlyList<GatewayAddress> Gateways,
        IReadOnlyList<GatewayAddress> Behind)> StartAsync()
    {
        await StartSilosOnPostgresAsync(3);
        return ([.. Silos.Select(AddressOf)], []);
    }
}

/// <summary>
/// A cluster behind a gateway that is a process of its own. Calls go through that; what must hold at every gateway is
/// asked of the silos' own too.
/// </summary>
public sealed class ThreeSilosBehindAGateway : PostgresTopology
{
    private GatewayProcess? _gateway;

    protected override async Task<(IReadOnlyList<GatewayAddress> Gateways,
        IReadOnlyList<GatewayAddress> Behind)> StartAsync()
    {
        await StartSilosOnPostgresAsync(3, "--gateway-port", "0");
        _gateway = new GatewayProcess(new GatewayProcessOptions
        {
            DataDirectory = Keys,
            Postgres = Database,

            // On a busy machine the first calls of processes that have just started may take longer than the default of
            // 3 seconds.
            Environment = GatewaySettings.Append(new("ACCOUNTGRID__RESPONSETIMEOUT", "00:00:08")).ToDictionary(),
        });
        var (http, grpc) = await _gateway.WaitForAddressesAsync(Cancel);
        return ([new GatewayAddress(http, grpc)], [.. Silos.Select(AddressOf)]);
    }

    protected override async Task StopAsync()
    {
        try
        {
            if (_gateway is not null)
            {
                _gateway.Terminate();
                Assert.Equal(0, await _gateway.WaitForExitAsync(CancellationToken.None));
                await _gateway.DisposeAsync();
            }
        }
        finally
        {
            await base.StopAsync();
        }
    }
}
