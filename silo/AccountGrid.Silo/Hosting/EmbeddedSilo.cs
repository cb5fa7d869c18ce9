using System.Net;
using AccountGrid.Grains;
using AccountGrid.Storage.Sqlite;
using Orleans.Configuration;

namespace AccountGrid.Silo;

/// <summary>The embedded default: one silo without other servers, everything in its data directory.</summary>
internal static partial class EmbeddedSilo
{
    public static void AddStorage(IServiceCollection services, SqliteStorageOptions storage)
    {
        services.AddSqliteStorage(storage);
        Preparation.Add(services, (provider, _) =>
        {
            OpenSnapshots(Snapshots(storage), provider.GetRequiredService<ILogger<SiloHost>>());
            return Task.CompletedTask;
        });
    }

    public static void AddOrleans(
        ISiloBuilder silo, SiloSettings settings, SqliteStorageOptions storage, string snapshotStorage)
    {
        silo.UseLocalhostClustering(
            FreePort.OrGiven(settings.SiloPort, IPAddress.Loopback, "--silo-port"),
            FreePort.OrNone(settings.GatewayPort, IPAddress.Loopback, "--gateway-port"),
            primarySiloEndpoint: null, ClusterNames.ServiceId, "local");
        silo.AddAdoNetGrainStorage(snapshotStorage, (AdoNetGrainStorageOptions o) =>
        {
            o.Invariant = SnapshotDatabase.Invariant;
            o.ConnectionString = SnapshotDatabase.ConnectionString(Snapshots(storage));
        });
    }

    private static string Snapshots(SqliteStorageOptions storage) =>
        Path.Combine(storage.DataDirectory, SnapshotDatabase.FileName);

    private static void OpenSnapshots(string file, ILogger log)
    {
        if (SnapshotDatabase.Open(file) is { } aside)
        {
            SetAside(log, file, aside);
        }
    }

    [LoggerMessage(3001, LogLevel.Warning,
        "{File} could not be read and was set aside as {Aside}; accounts start from their journals.")]
    private static partial void SetAside(ILogger logger, string file, string aside);
}
