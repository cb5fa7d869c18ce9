using System.Net;
using System.Net.Sockets;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.KeyFiles;
using AccountGrid.Storage.Sqlite;
using AccountGrid.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;

namespace AccountGrid.Grains.Tests;

/// <summary>
/// One or more real silos in this process over one real SQLite store, with taps on the ports that a test holds back,
/// breaks or counts.
/// </summary>
public sealed class TestGrid : IAsyncDisposable
{
    private const string Snapshots = "snapshots-under-test";
    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;
    private readonly List<IHost> _hosts = [];
    private readonly ProcessorLimits _limits;
    private readonly int _primaryPort = FreePort();
    private int _callsBetweenSilos;

    private readonly PauseGuard? _guard;
    private readonly BrakePolicy _brake;

    private TestGrid(ProcessorLimits limits, PauseGuard? guard, BrakePolicy brake)
    {
        (_limits, _guard, _brake) = (limits, guard, brake);
        Clock = new ShiftedClock();
        _store = new SqliteStore(new SqliteStorageOptions { DataDirectory = _directory.FullPath }, Clock);
        Journal = new TappedJournal(() => _store.Journal);
    }

    /// <summary>The time of every silo.</summary>
    public ShiftedClock Clock { get; }

    /// <summary>The journal that every silo uses.</summary>
    public TappedJournal Journal { get; }

    /// <summary>The snapshots that every silo uses.</summary>
    public SnapshotShelf Shelf { get; } = new();

    /// <summary>
    /// What becomes of a call by its method's name before it is sent, also between grains; <c>null</c> lets it pass.
    /// </summary>
    public Func<string, Exception?> CallFailure { get; set; } = static _ => null;

    /// <summary>Calls of accounts' methods that came to a silo from another one.</summary>
    public int AccountCallsBetweenSilos => _callsBetweenSilos;

    /// <summary>What the silos logged, at warning and above.</summary>
    public LogShelf Logs { get; } = new();

    /// <summary>The services of a silo.</summary>
    public IServiceProvider Services(int silo = 0) => _hosts[silo].Services;

    /// <summary>The grains, as seen from the first silo.</summary>
    public IGrainFactory Grains => Services().GetRequiredService<IGrainFactory>();

    /// <summary>An account's grain.</summary>
    public IAccountGrain Account(long id) => Services().GetRequiredService<AccountGrains>()[new AccountId(id)];

    /// <summary>An operator's grain.</summary>
    public IOperatorGrain Operator(string name) => Grains.GetGrain<IOperatorGrain>("op/" + name);

    /// <summary>Starts silos in this process.</summary>
    /// <param name="silos">The number of silos.</param>
    /// <param name="limits">Bounds other than the defaults.</param>
    /// <param name="guard">The guard of all silos; <c>null</c> = each has one that finds no pause.</param>
    /// <param name="brake">Limits over the grid other than the defaults.</param>
    public static async Task<TestGrid> StartAsync(
        int silos = 1, ProcessorLimits? limits = null, PauseGuard? guard = null, BrakePolicy? brake = null)
    {
        var grid = new TestGrid(limits ?? new ProcessorLimits(), guard, brake ?? new BrakePolicy());
        await grid._store.OpenAsync(CancellationToken.None);
        for (var i = 0; i < silos; i++)
        {
            await grid.AddSiloAsync();
        }

        return grid;
    }

    /// <summary>Registers an account.</summary>
    public async Task RegisterAsync(long id)
    {
        var reply = await Grains.GetGrain<IRegistrarGrain>(0)
            .RegisterAsync(id, $"user_{id}", Callers.Service, null, CancellationToken.None);
        Assert.Null(reply.Refusal);
    }

    /// <summary>Enrols somebody with all staff roles.</summary>
    public async Task EnrollAsync(string name)
    {
        var reply = await Operator(name)
            .ExecuteAsync(new OperatorInput.EnrollOnFirstUse(Roles.Staff), Callers.System, CancellationToken.None);
        Assert.Null(reply.Refusal);
    }

    /// <summary>How many activations of a grain type there are in the cluster.</summary>
    public async Task<int> ActivationsAsync(string type) => (await ActivationsPerSiloAsync(type)).Sum();

    /// <summary>The same by silo; a silo without any is left out.</summary>
    public async Task<int[]> ActivationsPerSiloAsync(string type) =>
        [.. (await Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
            .Where(s => s.GrainType.Contains(type, StringComparison.Ordinal)).Select(s => s.ActivationCount)];

    /// <summary>Ends every account activation and waits until they are gone.</summary>
    public async Task DeactivateAllAsync()
    {
        await Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        await Eventually.TrueAsync(
            async () => await ActivationsAsync(nameof(AccountGrain)) == 0, "every account activation has ended");
    }

    /// <summary>
    /// A second activation's processor on the same account, such as a network partition leaves behind.
    /// </summary>
    public async Task<AccountProcessor> DuplicateAsync(long id)
    {
        var duplicate = new AccountProcessor(new AccountId(id), Services().GetRequiredService<AccountServices>());
        await duplicate.LoadAsync(null, CancellationToken.None);
        return duplicate;
    }

    /// <summary>The same for an operator.</summary>
    public async Task<OperatorProcessor> DuplicateOperatorAsync(string name)
    {
        var duplicate =
            new OperatorProcessor(OperatorId.Parse(name), Services().GetRequiredService<OperatorServices>());
        await duplicate.LoadAsync(CancellationToken.None);
        return duplicate;
    }

    /// <summary>What somebody with access to the database file can do to it.</summary>
    public void TamperWithFile(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File("accountgrid.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    public async ValueTask DisposeAsync()
    {
        Journal.ReleaseAll();
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.StopAsync();
            host.Dispose();
        }

        await _store.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Stops the last silo in order.</summary>
    public async Task RemoveSiloAsync()
    {
        var host = _hosts[^1];
        _hosts.RemoveAt(_hosts.Count - 1);
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>Starts one more silo.</summary>
    /// <param name="without">A class of grains that it does not have, as a silo of an earlier version.</param>
    public async Task AddSiloAsync(Type? without = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Orleans.Messaging", LogLevel.None);
        builder.UseOrleans(silo =>
        {
            var port = _hosts.Count == 0 ? _primaryPort : FreePort();
            var primary = _hosts.Count == 0 ? null : new IPEndPoint(IPAddress.Loopback, _primaryPort);
            silo.UseLocalhostClustering(port, FreePort(), primary, "accountgrid", "test");
            silo.Services.AddKeyedSingleton<IGrainStorage>(Snapshots, Shelf);
            if (without == typeof(BrakeGrain))
            {
                silo.Services.AddSingleton<IBrake, NoBrake>();
            }

            silo.AddAccountGridGrains(Snapshots);
            silo.AddOutgoingGrainCallFilter(
                call => CallFailure(call.MethodName) is { } failure ? throw failure : call.Invoke());
            CountCallsBetweenSilos(silo, self: _hosts.Count);
            silo.Configure<SiloMessagingOptions>(o => o.CancelRequestOnTimeout = true);
            if (without is not null)
            {
                silo.Configure<GrainTypeOptions>(o => o.Classes.Remove(without));
            }
        });
        AddPorts(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        _hosts.Add(host);
        await Eventually.TrueAsync(
            async () => (await Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count == _hosts.Count,
            "every silo is active");
    }

    private void CountCallsBetweenSilos(ISiloBuilder silo, int self)
    {
        const string Caller = "calling-silo";
        silo.AddOutgoingGrainCallFilter(call =>
        {
            RequestContext.Set(Caller, self);
            return call.Invoke();
        });
        silo.AddIncomingGrainCallFilter(call =>
        {
            if (call.Grain is AccountGrain && RequestContext.Get(Caller) is int caller && caller != self)
            {
                Interlocked.Increment(ref _callsBetweenSilos);
            }

            return call.Invoke();
        });
    }

    private void AddPorts(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock);
        if (_guard is not null)
        {
            services.AddSingleton(_guard);
        }

        services.AddSingleton<IJournal>(Journal);
        services.AddSingleton(_store.Index);
        services.AddSingleton(_store.HarmLog);
        services.AddSingleton(_store.Ledger);
        services.AddSingleton(_store.FollowerAudit);
        services.AddSingleton(_store.Feed);
        services.AddSingleton(_store.Audit);
        services.AddSingleton(_store.Checkpoints);
        services.AddSingleton(_store.Derived);
        services.AddSingleton(new PolicyInForce(
            new AccountPolicy { ProtectedReach = 1_000 }, new OperatorPolicy(), _brake));
        services.AddSingleton(_limits);
        services.AddSingleton<ICheckpointLog>(_ => new FileCheckpointLog(_directory.File("checkpoints.jsonl")));
        services.AddSingleton<ICheckpointSigner>(
            _ => new ECDsaCheckpointSigner(KeyFile.OpenOrCreate(_directory.File("key.pem"))));
        services.AddSingleton(_ =>
        {
            using var key = KeyFile.OpenOrCreate(_directory.File("key.pem"));
            return CheckpointKeys.FromPem(key.ExportSubjectPublicKeyInfoPem());
        });
        services.AddSingleton(_ =>
        {
            using var key = KeyFile.OpenOrCreate(_directory.File("key.pem"));
            return SnapshotSeal.From(key);
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
