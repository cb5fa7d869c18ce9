using AccountGrid.Storage.Sqlite;
using Orleans.Configuration;

namespace AccountGrid.Silo;

/// <summary>The embedded default: one silo that needs nobody, everything in its data directory.</summary>
internal static partial class EmbeddedSilo
{
    /// <summary>What Orleans takes for "no clients of other processes".</summary>
    private const int NoListener = 0;

    public static void AddStorage(IServiceCollection services, SqliteStorageOptions storage)
    {
        services.AddSqliteStorage(storage);
        services.AddHostedService(provider => new SnapshotFile(Snapshots(storage), provider.GetRequiredService<ILogger<SnapshotFile>>()));
    }

    public static void AddOrleans(ISiloBuilder silo, SiloSettings settings, SqliteStorageOptions storage, string snapshotStorage)
    {
        silo.UseLocalhostClustering(
            FreePort.OrGiven(settings.SiloPort), settings.GatewayPort is { } port ? FreePort.OrGiven(port) : NoListener, primarySiloEndpoint: null, SiloHost.ServiceId, "local");
        silo.AddAdoNetGrainStorage(snapshotStorage, (AdoNetGrainStorageOptions o) =>
        {
            o.Invariant = SnapshotDatabase.Invariant;
            o.ConnectionString = SnapshotDatabase.ConnectionString(Snapshots(storage));
        });
    }

    private static string Snapshots(SqliteStorageOptions storage) => Path.Combine(storage.DataDirectory, SnapshotDatabase.FileName);

    /// <summary>Makes or checks the file of snapshots once the store has locked the directory, so that a silo that is refused leaves nothing behind.</summary>
    private sealed partial class SnapshotFile(string file, ILogger<SnapshotFile> log) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            if (SnapshotDatabase.Open(file) is { } aside)
            {
                SetAside(log, file, aside);
            }

            return Task.CompletedTask;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        [LoggerMessage(3001, LogLevel.Warning, "{File} could not be read and was set aside as {Aside}; accounts start from their journals.")]
        private static partial void SetAside(ILogger logger, string file, string aside);
    }
}
