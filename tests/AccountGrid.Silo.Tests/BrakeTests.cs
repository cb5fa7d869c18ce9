using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>The brake over the whole grid, in real silos with a limit of three accounts.</summary>
public sealed class BrakeTests : IClassFixture<ClusterTurn>, IAsyncDisposable
{
    private readonly TempDirectory _data = new();
    private readonly List<SiloProcess> _silos = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _data.Dispose();
    }

    [Fact]
    public async Task Of_one_silo_survives_its_restart()
    {
        _silos.Add(await SiloProcess.StartAsync(Options(), Token));
        await EngageAsync();
        await _silos[0].KillAsync();
        await _silos[0].RestartAsync(Token);
        Assert.Equal("PENDING", await DownAsync(0, "max", 5));
        await HealAndReleaseAsync();
        using var lee = new Api(_silos[0], "lee", "support", "approver", "auditor");
        var verification = await lee.PostAsync("/v1/audit:verify", new { });
        Assert.True(verification.GetProperty("intact").GetBoolean(), verification.ToString());
        var types = (await lee.GetAsync("/v1/audit?filter=stream%20%3D%20%22grid%2Fbrake%22"))
            .GetProperty("entries").EnumerateArray().Select(static e => e.GetProperty("type").GetString());
        Assert.Equal(["brake-released", "brake-engaged"], types);
    }

    [Fact]
    public async Task Is_one_over_three_silos()
    {
        var server = await SharedServer.GetAsync();
        var options = Options(
            ("ACCOUNTGRID__POSTGRES", server.ConnectionString()),
            ("ACCOUNTGRID__STORAGE__SCHEMA", SharedServer.NewSchema()));
        _silos.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SiloProcess.StartAsync(options, Token))));
        await EngageAsync();
        await HealAndReleaseAsync();
    }

    private SiloProcessOptions Options(params (string Name, string Value)[] more) => new()
    {
        DataDirectory = _data.FullPath,
        Environment = new Dictionary<string, string>(
            more.Append(("ACCOUNTGRID__BRAKE__MAXHARMS", "3")).Select(
                static s => KeyValuePair.Create(s.Item1, s.Item2))),
    };

    /// <summary>Two people and a service, each through another silo, and then there is one too many.</summary>
    private async Task EngageAsync()
    {
        using var shop = new Api(_silos[0], "shop", "service");
        for (var id = 1; id <= 8; id++)
        {
            await shop.RegisterAsync(id);
        }

        // The roles of kim and lee are older than the engagement.
        Assert.Equal("DONE", await DownAsync(0, "kim", 1));
        Assert.Equal("DONE", await DownAsync(1, "lee", 2));
        var owners = await shop.PostAsync("/v1/accounts/3:deactivate", new { reason = "OWNER_REQUEST", owner = true });
        Assert.Equal("DONE", owners.GetProperty("outcome").GetString());
        Assert.Equal("PENDING", await DownAsync(2, "max", 4));
        owners = await shop.PostAsync("/v1/accounts/7:deactivate", new { reason = "OWNER_REQUEST", owner = true });
        Assert.Equal("PENDING", owners.GetProperty("outcome").GetString());
        var text = await _silos[0].CreateHttpClient(_silos[0].Token("shop", "service"))
            .GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Contains("accountgrid_brake_engagements_total", text, StringComparison.Ordinal);
    }

    private async Task HealAndReleaseAsync()
    {
        using var max = new Api(_silos[0], "max", "support");
        var restored = await max.PostAsync("/v1/accounts/1:restore", new { reason = "ERROR" });
        Assert.Equal("DONE", restored.GetProperty("outcome").GetString());
        using var direct = await max.TryPostAsync(
            "/v1/accounts/6:deactivate", new { reason = "SPAM", directOnly = true });
        var refused = await direct.Content.ReadAsStringAsync(Token);
        Assert.Contains("NEEDS_SECOND_PERSON", refused, StringComparison.Ordinal);
        Assert.Contains("brake", refused, StringComparison.Ordinal);

        using var lee = new Api(_silos[^1], "lee", "support", "approver");
        var brake = await lee.GetAsync("/v1/brake");
        Assert.Equal((3, JsonValueKind.String), (
            brake.GetProperty("harms").GetInt32(), brake.GetProperty("engagedUntil").ValueKind));
        var released = (await lee.PostAsync("/v1/brake:release", new { note = "looked at", requestId = "r-1" }))
            .GetProperty("brake");
        Assert.Equal("lee", released.GetProperty("lastRelease").GetProperty("by").GetString());
        Assert.Equal(0, released.GetProperty("harms").GetInt32());
        Assert.Equal("DONE", await DownAsync(_silos.Count - 1, "max", 8));
    }

    private async Task<string?> DownAsync(int silo, string person, long id)
    {
        using var api = new Api(_silos[silo % _silos.Count], person, "support", "approver");
        return (await api.PostAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }))
            .GetProperty("outcome").GetString();
    }
}
