using AccountGrid.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Silo.Tests;

/// <summary>Snapshots of a cluster, and the tables' own life.</summary>
public sealed class ClusterDatabaseTests : ClusterDatabaseContract
{
    [Fact]
    public async Task Silos_that_start_together_make_the_tables_once()
    {
        for (var round = 0; round < 5; round++)
        {
            var options = Options with { Schema = SharedServer.NewSchema() };
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                await using var database = ClusterDatabase.Connect(options);
                await ClusterDatabase.EnsureAsync(database, options, NullLogger.Instance, Token);
            }));
            Assert.Equal(2L,
                await ScalarAsync($"SELECT count(*) FROM {ClusterDatabase.SchemaOf(options)}.schema_version"));
        }
    }

    [Fact]
    public async Task A_newer_version_is_left_as_it_is_and_used()
    {
        await ScalarAsync("INSERT INTO schema_version VALUES (99)");
        await ScalarAsync(
            "UPDATE OrleansQuery SET QueryText = QueryText || ' -- newer' WHERE QueryKey = 'GatewaysQueryKey'");
        await ClusterDatabase.EnsureAsync(Database, Options, NullLogger.Instance, Token);
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM OrleansQuery WHERE QueryText LIKE '%-- newer'"));
    }

    [Fact]
    public async Task A_role_that_is_not_to_migrate_is_told_so()
    {
        var options = Options with { Schema = SharedServer.NewSchema(), Migrate = false };
        await using var database = ClusterDatabase.Connect(options);
        var refused = await Assert.ThrowsAsync<StorageRefusedException>(
            () => ClusterDatabase.EnsureAsync(database, options, NullLogger.Instance, Token));
        Assert.Contains(ClusterDatabase.SchemaOf(options), refused.Message, StringComparison.Ordinal);
    }
}
