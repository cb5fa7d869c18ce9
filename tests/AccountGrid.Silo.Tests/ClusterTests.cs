using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>Three real silos on one PostgreSQL database, sharing a directory of keys.</summary>
public sealed class ClusterTests : IClassFixture<ClusterTurn>, IAsyncDisposable
{
    private const int Accounts = 24;
    private readonly TempDirectory _keys = new();
    private readonly List<SiloProcess> _silos = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _keys.Dispose();
    }

    [Fact]
    public async Task Whichever_silo_is_asked_there_is_one_account_and_a_killed_silo_takes_nothing_with_it()
    {
        await StartThreeAsync();
        using var shop = new Api(_silos[0], "shop", "service");
        using var kim = new Api(_silos[1], "kim", "support", "auditor");
        using var web = new Api(_silos[2], "web", "service");
        for (var id = 1; id <= Accounts; id++)
        {
            await shop.RegisterAsync(id);
        }

        for (var id = 1; id <= Accounts; id++)
        {
            await kim.PostAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", requestId = $"down-{id}" });
            Assert.Equal("DEACTIVATED", await web.StatusAsync(id));
        }

        Assert.Equal(3, await SilosWithAccountsAsync());
        await _silos[1].KillAsync();
        using var lee = new Api(_silos[2], "lee", "support", "auditor");
        for (var id = 1; id <= Accounts; id++)
        {
            await UntilServedAsync(lee, $"/v1/accounts/{id}:restore", new { reason = "ERROR", requestId = $"up-{id}" });
            Assert.Equal("ACTIVE", await shop.StatusAsync(id));
        }

        await _silos[1].RestartAsync(Token);
        using var again = new Api(_silos[1], "web", "service");
        for (var id = 1; id <= Accounts; id++)
        {
            var account = await again.GetAsync($"/v1/accounts/{id}");
            Assert.Equal(("ACTIVE", "3"),
                (account.GetProperty("status").GetString(), account.GetProperty("version").GetString()));
        }

        var verification = await lee.PostAsync("/v1/audit:verify", new { });
        Assert.True(verification.GetProperty("intact").GetBoolean(), verification.ToString());
        await AllStopInOrderAsync();
    }

    [Fact]
    public async Task While_the_database_is_gone_accounts_in_memory_are_read_and_commands_fail_with_a_reason()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string> { ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString() },
            }, Token);
        using var web = new Api(silo, "web", "service");
        await web.RegisterAsync(1);
        Assert.Equal("ACTIVE", await web.StatusAsync(1));

        await server.StopAsync("immediate");
        Assert.Equal("ACTIVE", await web.StatusAsync(1));
        using (var refused =
            await web.TryPostAsync(
                "/v1/accounts/1:deactivate", new { reason = "SPAM", owner = true, requestId = "once" }))
        {
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.Contains(
                "STORAGE_UNAVAILABLE", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        using (var ready = await web.SendAsync("/health/ready"))
        {
            Assert.Equal(503, (int)ready.StatusCode);
        }

        await server.StartAsync();
        await UntilServedAsync(
            web, "/v1/accounts/1:deactivate", new { reason = "SPAM", owner = true, requestId = "once" });
        var account = await web.GetAsync("/v1/accounts/1");
        Assert.Equal(("DEACTIVATED", "2"),
            (account.GetProperty("status").GetString(), account.GetProperty("version").GetString()));
    }

    /// <summary>Asks again, with the same request id, while the cluster finds out that a silo is gone.</summary>
    private static async Task UntilServedAsync(Api api, string path, object body)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await api.TryPostAsync(path, body);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True((int)response.StatusCode is 503 or 504 && attempt < 120,
                await response.Content.ReadAsStringAsync(Token));
            await Task.Delay(TimeSpan.FromMilliseconds(250), Token);
        }
    }

    /// <summary>In how many silos accounts are active, by what each says of itself.</summary>
    private async Task<int> SilosWithAccountsAsync()
    {
        var with = 0;
        foreach (var silo in _silos)
        {
            using var client = silo.CreateHttpClient();
            var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
            with += metrics.Contains("catalog_activations{grain_type=\"account\"} ", StringComparison.Ordinal) ? 1 : 0;
        }

        return with;
    }

    private async Task StartThreeAsync()
    {
        var server = await SharedServer.GetAsync();
        var options = new SiloProcessOptions
        {
            DataDirectory = _keys.FullPath,
            Environment = new Dictionary<string, string>
            {
                ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(),
                ["ACCOUNTGRID__STORAGE__SCHEMA"] = SharedServer.NewSchema(),
                ["ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH"] = "1000",
            },
        };

        // All at once, as a cluster that is set up: they agree who makes the tables and the keys.
        _silos.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SiloProcess.StartAsync(options, Token))));
    }

    private async Task AllStopInOrderAsync()
    {
        foreach (var silo in _silos)
        {
            Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        }
    }
}
