using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// A cluster on a copy of a live cluster's database, with the same cluster id: the rows of the other one's silos came
/// along, and silos of the copy called them, so that 24 of 24 commands were answered 503.
/// </summary>
public sealed class CopiedDatabaseTests : IClassFixture<ClusterTurn>, IAsyncDisposable
{
    private const int Accounts = 24;
    private readonly TempDirectory _keys = new();
    private readonly TempDirectory _copiedKeys = new();
    private readonly List<SiloProcess> _silos = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _keys.Dispose();
        _copiedKeys.Dispose();
    }

    [Fact]
    public async Task Serves_while_the_other_cluster_lives_and_neither_calls_the_other()
    {
        Assert.SkipWhen(PostgresServer.CopyMissing is not null, PostgresServer.CopyMissing ?? "");
        await using var server = await PostgresServer.StartNewAsync();
        var live = await StartTwoAsync(server, "postgres", _keys);
        using var shop = new Api(live, "shop", "service");
        for (var id = 1; id <= Accounts; id++)
        {
            await shop.RegisterAsync(id);
        }

        await server.CopyDatabaseAsync("postgres", "copied");
        foreach (var file in Directory.EnumerateFiles(_keys.FullPath))
        {
            File.Copy(file, _copiedKeys.File(Path.GetFileName(file)));
        }

        var copy = await StartTwoAsync(server, "copied", _copiedKeys);
        Assert.Single(_silos.Skip(2), static silo => silo.Output.Any(IsToldOf));
        Assert.DoesNotContain(_silos.Take(2), static silo => silo.Output.Any(IsToldOf));
        using var web = new Api(copy, "web", "service");
        for (var id = 1; id <= Accounts; id++)
        {
            var down = new { reason = "OWNER_REQUEST", owner = true };
            Assert.Equal("DEACTIVATED",
                (await web.PostAsync($"/v1/accounts/{id}:deactivate", down))
                    .GetProperty("account").GetProperty("status").GetString());
            Assert.Equal("ACTIVE", await shop.StatusAsync(id));
            await shop.PostAsync($"/v1/accounts/{id}:deactivate", down);
        }
    }

    private static bool IsToldOf(string line) =>
        line.Contains("This database is a copy of another one. The 2 rows", StringComparison.Ordinal);

    /// <returns>The first of them.</returns>
    private async Task<SiloProcess> StartTwoAsync(PostgresServer server, string database, TempDirectory keys)
    {
        var options = new SiloProcessOptions
        {
            DataDirectory = keys.FullPath,
            Environment = new Dictionary<string, string>
            {
                ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(database),
            },
        };
        var silos = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SiloProcess.StartAsync(options, Token)));
        _silos.AddRange(silos);
        return silos[0];
    }
}
