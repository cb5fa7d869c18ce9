using System.Globalization;
using AccountGrid.Storage;
using AccountGrid.Storage.Postgres;

namespace AccountGrid.Silo;

/// <summary>
/// Brings a cluster's database up to this program's version, as its owner, and ends: for the service's own role may
/// not.
/// </summary>
internal static class MigrationRun
{
    /// <summary>Migrates both schemas and says so. Safe to repeat, and while silos run.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="SettingsException">Settings are wrong, or name no database.</exception>
    /// <exception cref="StorageRefusedException">The database is newer or foreign; it is untouched.</exception>
    public static async Task<int> RunAsync(
        IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        var (_, storage) = SettingsReader.Read(configuration);
        if (storage.Postgres is not { } options)
        {
            throw new SettingsException(
                [
                    $"{SiloSettings.Section}:Postgres must be given to migrate: a SQLite database is migrated by the silo that opens it."]);
        }

        var version = await PostgresStore.MigrateAsync(options, cancellationToken);
        await SayAsync(options.Schema, version);
        await using var database = ClusterDatabase.Connect(options);
        await SayAsync(ClusterDatabase.SchemaOf(options),
            await ClusterDatabase.MigrateAsync(database, options, cancellationToken));
        await output.WriteLineAsync(
            options.ServiceRole is { } role
                ? $"Rights  {role}"
                : "Rights  not granted: Storage:ServiceRole names no role");
        return SiloCommand.Stopped;

        Task SayAsync(string schema, long now) =>
            output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Schema  {schema} has version {now}"));
    }
}
