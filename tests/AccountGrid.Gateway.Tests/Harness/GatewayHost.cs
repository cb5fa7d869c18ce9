using System.Net;
using System.Net.Sockets;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Grains;
using AccountGrid.KeyFiles;
using AccountGrid.Storage.Sqlite;
using AccountGrid.Telemetry;
using AccountGrid.Testing;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>What a test wants otherwise.</summary>
public sealed record GatewayHostOptions
{
    /// <summary>Changes the gateway's options, after the development key was set.</summary>
    public Action<GatewayOptions> Gateway { get; init; } = static _ => { };

    /// <summary>The queue of commands per account.</summary>
    public ProcessorLimits Limits { get; init; } = new();

    /// <summary>Changes the store's settings.</summary>
    public Func<SqliteStorageOptions, SqliteStorageOptions> Storage { get; init; } = static options => options;

    /// <summary>Adds to the pipeline behind the gateway's own.</summary>
    public Action<WebApplication> App { get; init; } = static _ => { };

    /// <summary>Changes the services.</summary>
    public Action<IServiceCollection> Services { get; init; } = static _ => { };
}

/// <summary>
/// The gateway on loopback, co-hosted with a real silo over a real SQLite store, as the silo program hosts it; ports
/// are the system's choice.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private const string Snapshots = "snapshots-in-memory";
    private readonly TempDirectory _directory = new();
    private readonly GatewayHostOptions _options;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    private GatewayHost(GatewayHostOptions options) => _options = options;

    /// <summary>The time of everything in it.</summary>
    public ShiftedClock Clock { get; } = new();

    /// <summary>What was logged at warning and above.</summary>
    public LogShelf Logs { get; } = new();

    /// <summary>Mints tokens by the development key.</summary>
    public TokenMint Tokens { get; private set; } = null!;

    /// <summary>The address that speaks JSON.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>The address that speaks gRPC.</summary>
    public Uri Grpc { get; private set; } = null!;

    /// <summary>The services of the host.</summary>
    public IServiceProvider Services => _app!.Services;

    public static async Task<GatewayHost> StartAsync(GatewayHostOptions? options = null)
    {
        var host = new GatewayHost(options ?? new GatewayHostOptions());
        try
        {
            await host.StartAppAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of the JSON address.</summary>
    public HttpClient CreateHttpClient(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Http };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return client;
    }

    /// <summary>Calls gRPC methods with a token.</summary>
    public CallInvoker Invoker(string? token = null) => token is null
        ? _channel!.CreateCallInvoker()
        : _channel!.Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {token}");
            return metadata;
        });

    /// <summary>Ends it in order, as a signal would.</summary>
    public Task StopAsync() => _app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_app is not null)
        {
            if (_channel is not null)
            {
                await _app.StopAsync();
            }

            await _app.DisposeAsync();
        }

        _directory.Dispose();
    }

    private string DevelopmentKey => _directory.File(TestTokens.KeyFileName);

    private async Task StartAppAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Logs).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Orleans.Messaging", LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static o => o.Protocols = HttpProtocols.Http2);
        });
        AddPorts(builder.Services);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort(), null, "accountgrid", "test");
            silo.AddMemoryGrainStorage(Snapshots);
            silo.AddAccountGridGrains(Snapshots);
            silo.Configure<SiloMessagingOptions>(static o => o.CancelRequestOnTimeout = true);
        });
        builder.Services.AddAccountGridGateway(gateway =>
        {
            gateway.Auth.DevelopmentKeyFile = DevelopmentKey;
            gateway.Auth.EnrollOnFirstUse = true;
            _options.Gateway(gateway);
        });
        ProcessTelemetry.AddMetricsBridge(builder.Services);
        _options.Services(builder.Services);
        _app = builder.Build();
        _app.MapAccountGridGateway();
        _options.App(_app);
        await _app.StartAsync();
        var addresses =
            _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Http = new Uri(addresses[0]);
        Grpc = new Uri(addresses[1]);
        _channel = GrpcChannel.ForAddress(Grpc);
        Tokens = new TokenMint(DevelopmentKey);
    }

    private void AddPorts(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSqliteStorage(_options.Storage(new SqliteStorageOptions { DataDirectory = _directory.FullPath }));
        services.AddSingleton(new PolicyInForce(
            new AccountPolicy { ProtectedReach = 1_000 }, new OperatorPolicy(), new BrakePolicy()));
        services.AddSingleton(_options.Limits);
        services.AddSingleton<ICheckpointLog>(_ => new FileCheckpointLog(_directory.File("checkpoints.jsonl")));
        services.AddSingleton<ICheckpointSigner>(
            _ => new ECDsaCheckpointSigner(KeyFile.OpenOrCreate(_directory.File("checkpoint-key.pem"))));
        services.AddSingleton(_ =>
        {
            using var key = KeyFile.OpenOrCreate(_directory.File("checkpoint-key.pem"));
            return CheckpointKeys.FromPem(key.ExportSubjectPublicKeyInfoPem());
        });
        services.AddSingleton(_ =>
        {
            using var key = KeyFile.OpenOrCreate(_directory.File("checkpoint-key.pem"));
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
