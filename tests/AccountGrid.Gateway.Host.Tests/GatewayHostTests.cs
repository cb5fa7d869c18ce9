using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>The gateway as a process of its own in front of real silos on a real database.</summary>
public sealed class GatewayHostTests
{
    private const int Accounts = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_two_silos_it_is_the_same_service_also_when_one_of_them_is_killed()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartNewAsync();
        using var keys = new TempDirectory();

        // Before the silos: who comes first is nobody's business.
        await using var gateway = new GatewayProcess(new GatewayProcessOptions { DataDirectory = keys.FullPath, Postgres = server.ConnectionString() });
        var silos = await Task.WhenAll(SiloProcess.StartAsync(Silo(server, keys), Token), SiloProcess.StartAsync(Silo(server, keys), Token));
        await using var first = silos[0];
        await using var second = silos[1];
        using var client = await gateway.ConnectAsync("kim", ["service", "support", "auditor"], Token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token)).StatusCode);
        for (var id = 1; id <= Accounts; id++)
        {
            await Requests.SendAsync(client, "/v1/accounts", new { id = $"{id}", handle = $"user_{id}", requestId = $"new-{id}" });
            await Requests.SendAsync(client, $"/v1/accounts/{id}:deactivate", new { reason = "SPAM", requestId = $"down-{id}" });
        }

        await first.KillAsync();
        for (var id = 1; id <= Accounts; id++)
        {
            await Requests.SendAsync(client, $"/v1/accounts/{id}:restore", new { reason = "ERROR", requestId = $"up-{id}" });
            var account = await client.GetFromJsonAsync<JsonElement>(new Uri($"/v1/accounts/{id}", UriKind.Relative), Token);
            Assert.Equal(("ACTIVE", "3"), (account.GetProperty("status").GetString(), account.GetProperty("version").GetString()));
        }

        var verification = await Requests.SendAsync(client, "/v1/audit:verify", new { });
        Assert.True(verification.GetProperty("intact").GetBoolean(), verification.ToString());

        // Clients repeat what is unavailable, and take a 500 for an error of the service.
        await second.KillAsync();
        foreach (var path in (string[])["/v1/accounts/1", "/v1/accounts?pageSize=1", "/v1/operators/kim"])
        {
            using var away = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
            var answer = await away.Content.ReadAsStringAsync(Token);
            Assert.True(away.StatusCode == HttpStatusCode.ServiceUnavailable, $"{path}: {away.StatusCode} {answer}");
            Assert.Contains("STORAGE_UNAVAILABLE", answer, StringComparison.Ordinal);
        }

        gateway.Terminate();
        Assert.Equal(0, await gateway.WaitForExitAsync(Token));
    }

    /// <summary>
    /// Each silo is stopped and comes back as one of a later version, whose contracts have members, a type and a method that the others do not know: a rolling upgrade, and so a rolling restart too. Silos of both versions and a
    /// gateway of the first work together on every account meanwhile.
    /// </summary>
    [Fact]
    public async Task A_rolling_restart_of_three_silos_into_a_later_version_fails_no_request()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        using var next = new NextSilo();
        await using var server = await PostgresServer.StartNewAsync();
        using var keys = new TempDirectory();
        await using var gateway = new GatewayProcess(new GatewayProcessOptions { DataDirectory = keys.FullPath, Postgres = server.ConnectionString() });
        var silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SiloProcess.StartAsync(Silo(server, keys), Token)));
        await using var first = silos[0];
        await using var second = silos[1];
        await using var third = silos[2];
        using var client = await gateway.ConnectAsync("shop", ["service"], Token);
        using var kim = await gateway.ConnectAsync("kim", ["support"], Token);
        using var ann = await gateway.ConnectAsync("ann", ["support"], Token);
        for (var id = 1; id <= Accounts; id++)
        {
            await OnceAsync(client, "/v1/accounts", new { id = $"{id}", handle = $"user_{id}", requestId = $"new-{id}" });
        }

        // A third each: accounts that their owners take down, that staff take down, and that are followed and read.
        using var over = new CancellationTokenSource();
        Task<int>[] load =
        [
            .. Enumerable.Range(1, Accounts).Select(id => (id % 3) switch
            {
                0 => TurnAsync(client, id, owner: true, over.Token),
                1 => TurnAsync(id % 2 == 0 ? kim : ann, id, owner: false, over.Token),
                _ => FollowAsync(client, kim, id, over.Token),
            }),
        ];
        foreach (var silo in silos)
        {
            Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
            await silo.RestartAsync(next.Assembly, Token);
        }

        await over.CancelAsync();
        var turns = await Task.WhenAll(load);
        TestContext.Current.SendDiagnosticMessage("turns of each account while three silos were restarted: {0}", string.Join(' ', turns));
        for (var id = 1; id <= Accounts; id++)
        {
            var account = await client.GetFromJsonAsync<JsonElement>(new Uri($"/v1/accounts/{id}", UriKind.Relative), Token);
            var expected = id % 3 == 2 ? ("1", $"{turns[id - 1]}") : ($"{1 + (2 * turns[id - 1])}", "0");
            Assert.Equal(expected, (account.GetProperty("version").GetString(), account.GetProperty("followers").GetProperty("count").GetString()));
        }
    }

    [Theory]
    [InlineData("Hst=db;Password=secret", "--http-port", "0", "AccountGrid:Postgres")]
    [InlineData("Host=db;Password=secret", "--http-port", "70000", "HttpPort")]
    [InlineData("Host=db;Password=secret", "--http-port", "many", "--http-port")]
    public async Task A_wrong_setting_is_named_and_ends_it_with_code_2(string postgres, string name, string value, string expected)
    {
        using var keys = new TempDirectory();
        await using var gateway = new GatewayProcess(new GatewayProcessOptions { DataDirectory = keys.FullPath, Postgres = postgres, Arguments = [name, value] });
        Assert.Equal(2, await gateway.WaitForExitAsync(Token));
        Assert.Contains(expected, gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", gateway.Output, StringComparison.Ordinal);
    }

    private static SiloProcessOptions Silo(PostgresServer server, TempDirectory keys) => new()
    {
        DataDirectory = keys.FullPath,
        Arguments = ["--gateway-port", "0"],
        Environment = new Dictionary<string, string>
        {
            ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(),
            ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = "1000000",
            ["ACCOUNTGRID__OPERATORS__SERVICEMAXHARMS"] = "1000000",
            ["ACCOUNTGRID__OPERATORS__SERVICEMAXREACH"] = "1000000000000",
            ["ACCOUNTGRID__BRAKE__MAXHARMS"] = "1000000",
        },
    };

    /// <summary>Takes an account down and brings it back, over and over; every request must be answered well at the first attempt.</summary>
    /// <returns>How often.</returns>
    private static async Task<int> TurnAsync(HttpClient client, int id, bool owner, CancellationToken over)
    {
        var turns = 0;
        for (; !over.IsCancellationRequested; turns++)
        {
            await OnceAsync(client, $"/v1/accounts/{id}:deactivate", new { reason = "OWNER_REQUEST", owner, requestId = $"down-{id}-{turns}" });
            await OnceAsync(client, $"/v1/accounts/{id}:restore", new { reason = "OWNER_REQUEST", owner, requestId = $"up-{id}-{turns}" });
        }

        return turns;
    }

    /// <summary>Adds follower after follower and reads the count, also by somebody of the staff; every request must be answered well at the first attempt.</summary>
    /// <returns>How often.</returns>
    private static async Task<int> FollowAsync(HttpClient client, HttpClient staff, int id, CancellationToken over)
    {
        var follows = 0;
        while (!over.IsCancellationRequested)
        {
            follows++;
            using var followed = await client.PutAsync(new Uri($"/v1/accounts/{id}/followers/{1000 + follows}", UriKind.Relative), null, Token);
            await AssertWellAsync(followed);
            using var read = await client.GetAsync(new Uri($"/v1/accounts/{id}", UriKind.Relative), Token);
            await AssertWellAsync(read);
            var account = JsonDocument.Parse(await read.Content.ReadAsStringAsync(Token)).RootElement;
            Assert.Equal($"{follows}", account.GetProperty("followers").GetProperty("count").GetString());
            using var listed = await staff.GetAsync(new Uri($"/v1/accounts/{id}/journal", UriKind.Relative), Token);
            await AssertWellAsync(listed);
        }

        return follows;
    }

    private static async Task OnceAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        await AssertWellAsync(response);
    }

    private static async Task AssertWellAsync(HttpResponseMessage response) => Assert.True(
        response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
}
