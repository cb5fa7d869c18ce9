using AccountGrid.Storage.Postgres;
using Npgsql;
using Orleans.Configuration;

namespace AccountGrid.Silo.Tests;

/// <summary>Snapshots of a cluster, and the tables' own life.</summary>
public sealed class ClusterDatabaseTests : GrainStorageContract
{
    private PostgresStorageOptions _options = null!;
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected override string PayloadAsText => "SELECT convert_from(PayloadBinary, 'UTF8') FROM OrleansStorage";

    [Fact]
    public async Task Silos_that_start_together_make_the_tables_once()
    {
        for (var round = 0; round < 5; round++)
        {
            var options = _options with { Schema = SharedServer.NewSchema() };
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                await using var database = ClusterDatabase.Connect(options);
                await ClusterDatabase.EnsureAsync(database, options, Token);
            }));
            Assert.Equal(1L, await ScalarAsync($"SELECT count(*) FROM {ClusterDatabase.SchemaOf(options)}.schema_version"));
        }
    }

    [Fact]
    public async Task A_newer_version_is_left_as_it_is_and_used()
    {
        await ScalarAsync("INSERT INTO schema_version VALUES (99)");
        await ScalarAsync("UPDATE OrleansQuery SET QueryText = QueryText || ' -- newer' WHERE QueryKey = 'GatewaysQueryKey'");
        await ClusterDatabase.EnsureAsync(_database, _options, Token);
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM OrleansQuery WHERE QueryText LIKE '%-- newer'"));
    }

    [Fact]
    public async Task A_role_that_is_not_to_migrate_is_told_so()
    {
        var options = _options with { Schema = SharedServer.NewSchema(), Migrate = false };
        await using var database = ClusterDatabase.Connect(options);
        var refused = await Assert.ThrowsAsync<PostgresStorageRefusedException>(() => ClusterDatabase.EnsureAsync(database, options, Token));
        Assert.Contains(ClusterDatabase.SchemaOf(options), refused.Message, StringComparison.Ordinal);
    }

    protected override async Task MakeDatabaseAsync()
    {
        var server = await SharedServer.GetAsync();
        _options = new PostgresStorageOptions { ConnectionString = server.ConnectionString(), Schema = SharedServer.NewSchema() };
        _database = ClusterDatabase.Connect(_options);
        await ClusterDatabase.EnsureAsync(_database, _options, Token);
    }

    protected override async Task RemoveDatabaseAsync()
    {
        if (_database is { } database)
        {
            await database.DisposeAsync();
        }
    }

    protected override void Connect(AdoNetGrainStorageOptions options) => (options.Invariant, options.DataSource) = (ClusterDatabase.Invariant, _database);

    protected override async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Token);
    }
}
