using System.Net;
using AccountGrid.Grains;
using AccountGrid.Storage.Postgres;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;

namespace AccountGrid.Silo;

/// <summary>One silo of several: journals, membership and snapshots in one PostgreSQL database, through Orleans' ADO.NET providers where they are Orleans'.</summary>
internal static class ClusterSilo
{
    public static void AddStorage(IServiceCollection services, PostgresStorageOptions storage)
    {
        services.AddPostgresStorage(storage);

        // Given to the container by a factory, so that it is closed with the host.
        services.AddSingleton(_ => ClusterDatabase.Connect(storage));
        Preparation.Add(services, (provider, cancellationToken) => ClusterDatabase.EnsureAsync(provider.GetRequiredService<NpgsqlDataSource>(), storage, cancellationToken));
    }

    public static void AddOrleans(ISiloBuilder silo, SiloSettings settings, string snapshotStorage)
    {
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.Cluster.Id, ClusterNames.ServiceId));
        silo.ConfigureEndpoints(
            IPAddress.Parse(settings.Cluster.Address), FreePort.OrGiven(settings.SiloPort), FreePort.OrNone(settings.GatewayPort));
        silo.UseAdoNetClustering(static (OptionsBuilder<AdoNetClusteringSiloOptions> options) =>
            options.Configure<NpgsqlDataSource>(static (o, database) => (o.Invariant, o.DataSource) = (ClusterDatabase.Invariant, database)));
        silo.AddAdoNetGrainStorage(snapshotStorage, static (OptionsBuilder<AdoNetGrainStorageOptions> options) =>
            options.Configure<NpgsqlDataSource>(static (o, database) => (o.Invariant, o.DataSource) = (ClusterDatabase.Invariant, database)));
        silo.Configure<ClusterMembershipOptions>(membership => Tune(membership, settings.Cluster.MissedProbes));
    }

    /// <summary>
    /// A silo that dies is declared dead, and its accounts are served elsewhere, after about 3 seconds instead of the default's 6 to 15. A pause of a
    /// second or two (a full garbage collection, a busy host) must not cost a silo its place, hence three probes. Whoever is declared dead wrongly is fenced by
    /// the journal and ends its process.
    /// </summary>
    private static void Tune(ClusterMembershipOptions membership, int missedProbes)
    {
        // Fixed: left alone, the probes adapt between half a second and four seconds, and a silo that stands still with its connections open is believed alive for three
        // times the longest, 12 seconds, after it last said anything. Requests wait for 10.
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MinProbeTimeout = membership.ProbeTimeout;
        membership.MaxProbeTimeout = membership.ProbeTimeout;
        membership.NumMissedProbesLimit = missedProbes;

        // A silo that was cut off hears of its own death nowhere but in the table: nobody tells it, and what it asks others to confirm they cannot hear. The default of a
        // minute is how long it would then go on to answer reads from accounts that live elsewhere by now.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(2);

        // After a crash of all silos at once nobody is left to declare the dead: the first one to start waits until their last sign is 15 seconds old.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 3;
    }
}
