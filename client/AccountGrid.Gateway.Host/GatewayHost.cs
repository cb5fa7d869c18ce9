using System.Globalization;
using AccountGrid.Cluster;
using AccountGrid.Gateway.Auth;
using AccountGrid.Grains;
using AccountGrid.Telemetry;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using OrleansGatewayOptions = Orleans.Configuration.GatewayOptions;

namespace AccountGrid.Gateway.Host;

/// <summary>
/// The gateway as an Orleans client: for edges that must not be silos. It finds the silos that accept clients
/// (<c>--gateway-port</c>) in the membership table, and begins to listen once it has reached one.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>
    /// Warnings and above, without an error with a stack for each unknown account that is refused, and for each TLS
    /// handshake that failed.
    /// </summary>
    private static readonly Dictionary<string, string?> QuietLogs = new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Orleans.Connections.Security"] = "None",
        ["Logging:LogLevel:Orleans.Messaging"] = "None",
    };

    private readonly WebApplication _app;
    private readonly GatewayListeners _listeners;

    private GatewayHost(WebApplication app, GatewayListeners listeners)
    {
        _app = app;
        _listeners = listeners;
    }

    /// <summary>Reads and checks the settings and puts the host together; opens nothing.</summary>
    /// <param name="arguments">Settings from the command line, by full name; they override every other source.</param>
    /// <exception cref="OptionsValidationException">Settings are wrong.</exception>
    public static GatewayHost Build(IReadOnlyDictionary<string, string?> arguments)
    {
        var builder = GatewayProgram.NewBuilder(arguments, QuietLogs);
        var section = builder.Configuration.GetSection(HostSettings.Section);
        var settings = Checked(section);
        var listeners = new GatewayListeners();
        builder.WebHost.ConfigureKestrel(kestrel => listeners.Listen(kestrel, settings.HttpPort, settings.GrpcPort));
        var tls = ReadTls(settings);
        builder.UseOrleansClient(client => Connect(client, settings, tls));
        builder.Services.AddAccountGridGateway(gateway =>
        {
            section.GetSection("Gateway").Bind(gateway);
            gateway.UseDevelopmentKeyByDefault(Path.Combine(Path.GetFullPath(settings.Data), DevelopmentKey.FileName));
        });
        ProcessTelemetry.Add(builder, "accountgrid-gateway", settings.Traces);
        builder.Services.AddHealthChecks()
            .AddCheck<ClusterHealthCheck>("cluster", tags: [ClusterHealthCheck.Tag])
            .AddCheck<ClusterHealthCheck>("startup", tags: [ClusterHealthCheck.StartupTag]);
        var app = builder.Build();
        app.MapAccountGridGateway();
        app.MapAccountGridHealth(ClusterHealthCheck.Tag, ClusterHealthCheck.StartupTag);
        return new GatewayHost(app, listeners);
    }

    /// <summary>Starts, prints where it listens, and waits until the process is told to stop.</summary>
    /// <exception cref="OptionsValidationException">The gateway's settings are wrong.</exception>
    public async Task RunAsync(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        await _app.StartAsync();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"HTTP  {OriginOf(_listeners.Http)}\ngRPC  {OriginOf(_listeners.Grpc)}"));
        await output.FlushAsync();
        await _app.WaitForShutdownAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string OriginOf(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static HostSettings Checked(IConfigurationSection section)
    {
        var settings = new HostSettings();
        section.Bind(settings);
        var broken = settings.Validate();
        return broken.IsEmpty ? settings : throw Wrong(broken);
    }

    private static OptionsValidationException Wrong(IEnumerable<string> broken) => new(
        nameof(HostSettings), typeof(HostSettings), broken.Select(static rule => $"{HostSettings.Section}:{rule}"));

    private static ClusterTls? ReadTls(HostSettings settings)
    {
        try
        {
            return ClusterTls.Load(settings.Cluster.Tls, isSilo: false);
        }
        catch (InvalidDataException e)
        {
            throw Wrong([$"Cluster:Tls:{e.Message}"]);
        }
    }

    private static void Connect(IClientBuilder client, HostSettings settings, ClusterTls? tls)
    {
        client.Configure<ClusterOptions>(
            o => (o.ClusterId, o.ServiceId) = (settings.ClusterId, ClusterNames.ServiceId));
        client.UseAdoNetClustering((AdoNetClusteringClientOptions o) =>
        {
            o.Invariant = "Npgsql";
            o.ConnectionString = new NpgsqlConnectionStringBuilder(settings.Postgres)
            {
                SearchPath = ClusterNames.OrleansSchemaOf(settings.Schema),
                MaxPoolSize = 2,
                Enlist = false,
                IncludeErrorDetail = false,
                PersistSecurityInfo = false,
            }.ConnectionString;
        });
        client.Configure<ClientMessagingOptions>(o =>
        {
            o.ResponseTimeout = settings.ResponseTimeout;

            // A caller that no longer waits must not keep a place in a queue.
            o.CancelRequestOnTimeout = true;
        });

        if (settings.Traces.Enabled)
        {
            client.AddActivityPropagation();
        }

        if (tls is not null)
        {
            client.Configure<ClientConnectionOptions>(o => o.ConfigureConnection(tls.ConnectToSilos));
        }

        // Silos that join or leave are noticed within a second.
        client.Configure<OrleansGatewayOptions>(static o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        client.UseConnectionRetryFilter<ConnectionRetryFilter>();
    }
}
