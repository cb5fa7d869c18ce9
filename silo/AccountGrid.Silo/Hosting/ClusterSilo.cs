using System.Net;
using AccountGrid.Grains;
using AccountGrid.Storage.Postgres;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;

namespace AccountGrid.Silo;

/// <summary>
/// One silo of several: journals, membership and snapshots in one PostgreSQL database, the last two through Orleans'
/// ADO.NET providers.
/// </summary>
internal static class ClusterSilo
{
    public static void AddStorage(IServiceCollection services, PostgresStorageOptions storage)
    {
        services.AddPostgresStorage(storage);

        // Given to the container by a factory, so that it is closed with the host.
        services.AddSingleton(_ => ClusterDatabase.Connect(storage));
        Preparation.Add(
            services, (provider, cancellationToken) =>
                ClusterDatabase.EnsureAsync(
                    provider.GetRequiredService<NpgsqlDataSource>(), storage,
                    provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ClusterPlace)),
                    cancellationToken));
    }

    public static void AddOrleans(ISiloBuilder silo, SiloSettings settings, string snapshotStorage)
    {
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.Cluster.Id, ClusterNames.ServiceId));
        var address = IPAddress.Parse(settings.Cluster.Address);
        silo.ConfigureEndpoints(
            address,
            FreePort.OrGiven(settings.SiloPort, address, "--silo-port"),
            FreePort.OrNone(settings.GatewayPort, address, "--gateway-port"));
        silo.UseAdoNetClustering(static (OptionsBuilder<AdoNetClusteringSiloOptions> options) =>
            options.Configure<NpgsqlDataSource>(
                static (o, database) => (o.Invariant, o.DataSource) = (ClusterDatabase.Invariant, database)));
        silo.AddAdoNetGrainStorage(snapshotStorage, static (OptionsBuilder<AdoNetGrainStorageOptions> options) =>
            options.Configure<NpgsqlDataSource>(
                static (o, database) => (o.Invariant, o.DataSource) = (ClusterDatabase.Invariant, database)));
        silo.Services.AddSingleton<IMembershipRecord, TableMembership>();
        silo.Configure<ClusterMembershipOptions>(membership => Tune(membership, settings.Cluster.MissedProbes));
    }

    /// <summary>
    /// A silo that dies is declared dead, and its accounts are served elsewhere, after about 3 seconds instead of the
    /// default's 6 to 15. A pause of a second or two (a full garbage collection, a busy host) must not cost a silo its
    /// place, hence three probes. The journal fences a silo that is declared dead wrongly, and the silo ends its
    /// process.
    /// </summary>
    private static void Tune(ClusterMembershipOptions membership, int missedProbes)
    {
        // Fixed, because by default the probe time adapts between 0.5 and 4 seconds, and a silo that stands still with
        // its connections open counts as alive for three times the longest, 12 seconds. Requests wait for 10.
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MinProbeTimeout = membership.ProbeTimeout;
        membership.MaxProbeTimeout = membership.ProbeTimeout;
        membership.NumMissedProbesLimit = missedProbes;

        // A silo that was cut off learns of its own death from the table alone, because no message reaches it. With the
        // default of a minute it would go on answering reads for accounts that other silos have by now.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(2);

        // After a crash of all silos the first one to start declares the others dead once their last sign of life is 15
        // seconds old.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 3;
    }
}
