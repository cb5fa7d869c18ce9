using AccountGrid.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Configuration;

namespace AccountGrid.Silo.Tests;

/// <summary>Grain storage in a schema of its own on PostgreSQL.</summary>
public abstract class ClusterDatabaseContract : GrainStorageContract
{
    /// <summary>Where the schema is.</summary>
    protected PostgresStorageOptions Options { get; private set; } = null!;

    /// <summary>Connections to it.</summary>
    protected NpgsqlDataSource Database { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected override string PayloadAsText => "SELECT convert_from(PayloadBinary, 'UTF8') FROM OrleansStorage";

    protected override async Task MakeDatabaseAsync()
    {
        var server = await SharedServer.GetAsync();
        Options = new PostgresStorageOptions
        {
            ConnectionString = server.ConnectionString(),
            Schema = SharedServer.NewSchema(),
        };
        Database = ClusterDatabase.Connect(Options);
        await ClusterDatabase.EnsureAsync(Database, Options, NullLogger.Instance, Token);
    }

    protected override async Task RemoveDatabaseAsync()
    {
        if (Database is { } database)
        {
            await database.DisposeAsync();
        }
    }

    protected override void Connect(AdoNetGrainStorageOptions options) =>
        (options.Invariant, options.DataSource) = (ClusterDatabase.Invariant, Database);

    protected override async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Token);
    }
}
