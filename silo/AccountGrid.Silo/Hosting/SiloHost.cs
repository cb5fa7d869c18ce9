using AccountGrid.Application;
using AccountGrid.Cluster;
using AccountGrid.Domain;
using AccountGrid.Gateway;
using AccountGrid.Grains;
using AccountGrid.KeyFiles;
using AccountGrid.Telemetry;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace AccountGrid.Silo;

/// <summary>
/// One silo with the gateway in the same Kestrel: alone on SQLite (<see cref="EmbeddedSilo"/>), or one of several on
/// PostgreSQL (<see cref="ClusterSilo"/>). Requests are taken on loopback unless real keys are configured.
/// </summary>
/// <remarks>
/// Order of a start: the store locks and opens the directory, the files beside it are made, then the silo, then
/// Kestrel. A stop goes the other way round: Kestrel takes no new request and drains those under way, timers end, the
/// silo writes its snapshots, the last checkpoint is made, the store's writer is drained and the directory is free.
/// </remarks>
public sealed class SiloHost : IAsyncDisposable
{
    private const string SnapshotDatabaseStorage = "snapshots-database";

    private readonly WebApplication _app;
    private readonly GatewayListeners _listeners;
    private readonly string _dataDirectory;

    private SiloHost(WebApplication app, GatewayListeners listeners, string dataDirectory)
    {
        _app = app;
        _listeners = listeners;
        _dataDirectory = dataDirectory;
    }

    /// <summary>The services, once built.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Reads and checks the settings and puts the host together; opens nothing.</summary>
    /// <param name="arguments">Settings from the command line, by full name; they win over every other source.</param>
    /// <param name="adjust">
    /// Sees the services last, for a program that hosts the silo with other ones; <c>null</c> = they stay as they are.
    /// </param>
    /// <exception cref="SettingsException">Settings are wrong.</exception>
    public static SiloHost Build(
        IReadOnlyDictionary<string, string?> arguments, Action<IServiceCollection>? adjust = null)
    {
        var builder = NewBuilder(arguments);
        var (settings, storage) = SettingsReader.Read(builder.Configuration);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.ShutdownTimeout);
        var listeners = new GatewayListeners();
        builder.WebHost.ConfigureKestrel(kestrel => listeners.Listen(kestrel, settings.HttpPort, settings.GrpcPort));
        AddStorage(builder.Services, settings, storage);
        AddOrleans(builder, settings, storage, SettingsReader.ReadTls(settings));
        AddRecurringCalls(builder.Services, settings);
        builder.Services.AddSingleton(SettingsReader.PolicyOf(builder.Configuration, settings));
        builder.Services.AddHostedService<PolicyTimer>();
        builder.Services.AddHostedService<Founding>();
        builder.Services.AddSingleton<StoreFigures>();
        builder.Services.AddHostedService<StoreFiguresTimer>();
        builder.Services.AddSingleton<WatchdogMeters>();
        builder.Services.AddSingleton<Watchdog>();
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<Watchdog>());
        if (settings.Dashboard)
        {
            Dashboard.AddServices(builder.Services);
        }

        builder.Services.AddAccountGridGateway(
            gateway => SettingsReader.BindGateway(builder.Configuration, storage.DataDirectory, gateway));
        ProcessTelemetry.Add(builder, "accountgrid-silo", settings.Traces);
        builder.Services.AddHealthChecks()
            .AddCheck<Readiness>("store", tags: [Readiness.Tag])
            .AddCheck<PolicyHealth>("policy", tags: [Readiness.Tag])
            .AddCheck<WatchdogHealth>("watchdog", tags: [Readiness.Tag])
            .AddCheck<Startup>("startup", tags: [Startup.Tag]);
        adjust?.Invoke(builder.Services);
        var app = builder.Build();
        Map(app, settings);
        return new SiloHost(app, listeners, storage.DataDirectory);
    }

    /// <summary>A host with all sources of settings and nothing else.</summary>
    /// <param name="arguments">Settings from the command line, by full name; they win over every other source.</param>
    internal static WebApplicationBuilder NewBuilder(IReadOnlyDictionary<string, string?> arguments) =>
        GatewayProgram.NewBuilder(arguments, QuietLogs.Defaults);

    /// <summary>Starts, says where everything is, and waits until the process is told to stop.</summary>
    /// <exception cref="OptionsValidationException">
    /// The gateway's settings are wrong; nothing was opened or made.
    /// </exception>
    public async Task RunAsync(TextWriter output)
    {
        _ = Services.GetRequiredService<IOptions<Gateway.GatewayOptions>>().Value;
        MakeDataDirectory(_dataDirectory);
        await StartAsync();
        await Banner.WriteAsync(output, _listeners.Http, _listeners.Grpc, _dataDirectory, await NeedsFoundersAsync());
        await _app.WaitForShutdownAsync();
    }

    /// <summary>
    /// Whether there is no operator and no way to enrol one, so that the first lines must say what to do.
    /// </summary>
    private async Task<bool> NeedsFoundersAsync()
    {
        var gateway = Services.GetRequiredService<IOptions<Gateway.GatewayOptions>>().Value;
        return !gateway.Auth.EnrollOnFirstUse
            && Services.GetRequiredService<OperatorPolicy>().Founders.Count == 0
            && (await Services.GetRequiredService<IStreamIndex>()
                .ListOperatorsAsync("", 1, CancellationToken.None)).IsEmpty;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>
    /// Kestrel binds last, so a port in use is found when the silo already works: it is then stopped in order, as at
    /// any other end. Disposed without that, its timers would log that what they call is gone, and the other silos
    /// would have to find out that it is.
    /// </summary>
    private async Task StartAsync()
    {
        try
        {
            await _app.StartAsync();
        }
        catch when (Services.GetRequiredService<ISiloStatusOracle>().CurrentStatus == SiloStatus.Active)
        {
            await _app.StopAsync();
            throw;
        }
    }

    /// <summary>
    /// For its owner alone: it holds keys, and journals with the notes that people wrote. One that exists is left as it
    /// is.
    /// </summary>
    private static void MakeDataDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void AddStorage(IServiceCollection services, SiloSettings settings, StorageSettings storage)
    {
        services.AddSingleton(TimeProvider.System);
        if (storage.Postgres is { } postgres)
        {
            ClusterSilo.AddStorage(services, postgres);
        }
        else
        {
            EmbeddedSilo.AddStorage(services, storage.Sqlite!);
        }

        services.AddSingleton(
            provider =>
                ActivatorUtilities.CreateInstance<DataFiles>(provider, storage.DataDirectory, settings.Checkpoints));
        Preparation.Add(services, static (provider, _) =>
        {
            provider.GetRequiredService<DataFiles>().Make();
            return Task.CompletedTask;
        });
        services.AddSingleton(settings.Checkpoints);
        services.AddSingleton(new PolicyInForce(settings.Accounts.ToPolicy(), settings.Operators, settings.Brake));
        services.AddSingleton(settings.Operators);
        services.AddSingleton(settings.Limits);
        services.AddSingleton(settings.Reconciler);
        services.AddSingleton(settings.Derived);
        services.AddSingleton<ICheckpointLog>(
            static provider => new FileCheckpointLog(provider.GetRequiredService<DataFiles>().CheckpointLog));
        services.AddSingleton<ICheckpointSigner>(static provider =>
            new ECDsaCheckpointSigner(KeyFile.OpenOrCreate(provider.GetRequiredService<DataFiles>().CheckpointKey)));
        services.AddSingleton(static provider => provider.GetRequiredService<DataFiles>().ReadCheckpointKeys());
        services.AddSingleton(static provider => provider.GetRequiredService<DataFiles>().ReadSnapshotSeal());
        AddMacs(services, isAlone: storage.Sqlite is not null);

        services.AddSingleton(static provider => new PolicyMark(provider.GetRequiredService<DataFiles>().PolicyMark));

        // Before anything is served by the settings: they may be weaker than the record.
        Preparation.Add(services, static (provider, cancellationToken) =>
            provider.GetRequiredService<PolicyFollower>().FollowAsync(cancellationToken));

        Preparation.Add(services, static (provider, cancellationToken) => OlderCopy.CheckAsync(
            provider.GetRequiredService<IJournalFeed>(), provider.GetRequiredService<ICheckpointLog>(),
            provider.GetRequiredService<DataFiles>().CheckpointLog, cancellationToken));

        // Hosted services stop in the reverse order: this one after the silo, which is added later.
        services.AddHostedService<LastCheckpoint>();
    }

    /// <summary>
    /// A new database of a silo that is alone needs MACs from its first entry on. Where there are other silos or older
    /// entries, the integrity grain makes the boundary.
    /// </summary>
    private static void AddMacs(IServiceCollection services, bool isAlone)
    {
        services.AddSingleton(static provider => provider.GetRequiredService<DataFiles>().ReadJournalMacs());
        services.AddSingleton(
            static provider => new MacBoundaryFile(provider.GetRequiredService<DataFiles>().MacBoundaries));
        services.AddSingleton<MacBoundaries>();
        Preparation.Add(services, async (provider, cancellationToken) =>
        {
            var macs = provider.GetRequiredService<MacBoundaries>();
            await macs.OpenAsync(cancellationToken);
            if (isAlone && await provider.GetRequiredService<IJournalFeed>().ReadHeadAsync(cancellationToken) == 0)
            {
                await macs.MakeAsync(covered: 0, cancellationToken);
            }
        });
    }

    private static void AddRecurringCalls(IServiceCollection services, SiloSettings settings)
    {
        RecurringCall.Add(
            services, "Looking for due work", TimeSpan.FromSeconds(1),
            static (grains, stop) => grains.GetGrain<IDueWorkGrain>(0).TickAsync(stop));
        RecurringCall.Add(
            services, "Making a checkpoint", settings.Checkpoints.Interval,
            static (grains, stop) => grains.GetGrain<IAuditGrain>(0).MakeCheckpointAsync(stop));
        RecurringCall.Add(
            services, "Asking for the boundary of MACs", settings.Checkpoints.Interval,
            static (grains, stop) => grains.GetGrain<IIntegrityGrain>(0).TickAsync(stop));
        RecurringCall.Add(
            services, "Looking at the brake", TimeSpan.FromSeconds(10),
            static (grains, stop) => grains.GetGrain<IBrakeGrain>(0).TickAsync(stop));
        if (settings.Reconciler.Enabled)
        {
            RecurringCall.Add(
                services, "Comparing counts with their edges", TimeSpan.FromSeconds(1),
                static (grains, stop) => grains.GetGrain<IReconcilerGrain>(0).TickAsync(stop));
        }

        if (settings.Derived.Enabled)
        {
            RecurringCall.Add(
                services, "Comparing index rows and budget marks with the journals", TimeSpan.FromSeconds(1),
                static (grains, stop) => grains.GetGrain<IIntegrityGrain>(0).CompareAsync(stop));
        }
    }

    private static void AddOrleans(
        WebApplicationBuilder builder, SiloSettings settings, StorageSettings storage, ClusterTls? tls) =>
            builder.UseOrleans(silo =>
            {
                if (storage.Postgres is not null)
                {
                    ClusterSilo.AddOrleans(silo, settings, SnapshotDatabaseStorage);
                }
                else
                {
                    EmbeddedSilo.AddOrleans(silo, settings, storage.Sqlite!, SnapshotDatabaseStorage);
                }

                silo.UseSystemTextJsonGrainStorageSerializer();
                silo.AddAccountGridGrains(SnapshotDatabaseStorage);
                silo.Configure<SiloMessagingOptions>(static o =>
                {
                    o.ResponseTimeout = TimeSpan.FromSeconds(30);

                    // A caller that no longer waits must not keep a place in a queue.
                    o.CancelRequestOnTimeout = true;
                });
                if (tls is not null)
                {
                    silo.Configure<SiloConnectionOptions>(o =>
                    {
                        o.ConfigureSiloInboundConnection(tls.AcceptSilos);
                        o.ConfigureSiloOutboundConnection(tls.ConnectToSilos);
                        o.ConfigureGatewayInboundConnection(tls.AcceptGateways);
                    });
                }

                if (settings.Dashboard)
                {
                    silo.AddDashboard(static o => o.HideTrace = true);
                }

                if (settings.Traces.Enabled)
                {
                    silo.AddActivityPropagation();
                }
            });

    private static void Map(WebApplication app, SiloSettings settings)
    {
        app.MapAccountGridGateway();
        app.MapAccountGridHealth(Readiness.Tag, Startup.Tag);
        if (settings.Dashboard)
        {
            Dashboard.Use(app);
        }
    }
}
