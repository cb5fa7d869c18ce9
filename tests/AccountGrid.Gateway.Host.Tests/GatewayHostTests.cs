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
            await SendAsync(client, "/v1/accounts", new { id = $"{id}", handle = $"user_{id}", requestId = $"new-{id}" });
            await SendAsync(client, $"/v1/accounts/{id}:deactivate", new { reason = "SPAM", requestId = $"down-{id}" });
        }

        await first.KillAsync();
        for (var id = 1; id <= Accounts; id++)
        {
            await SendAsync(client, $"/v1/accounts/{id}:restore", new { reason = "ERROR", requestId = $"up-{id}" });
            var account = await client.GetFromJsonAsync<JsonElement>(new Uri($"/v1/accounts/{id}", UriKind.Relative), Token);
            Assert.Equal(("ACTIVE", "3"), (account.GetProperty("status").GetString(), account.GetProperty("version").GetString()));
        }

        var verification = await SendAsync(client, "/v1/audit:verify", new { });
        Assert.True(verification.GetProperty("intact").GetBoolean(), verification.ToString());
        gateway.Terminate();
        Assert.Equal(0, await gateway.WaitForExitAsync(Token));
    }

    [Fact]
    public async Task A_rolling_restart_of_three_silos_fails_no_request()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartNewAsync();
        using var keys = new TempDirectory();
        await using var gateway = new GatewayProcess(new GatewayProcessOptions { DataDirectory = keys.FullPath, Postgres = server.ConnectionString() });
        var silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SiloProcess.StartAsync(Silo(server, keys), Token)));
        await using var first = silos[0];
        await using var second = silos[1];
        await using var third = silos[2];
        using var client = await gateway.ConnectAsync("shop", ["service"], Token);
        for (var id = 1; id <= Accounts; id++)
        {
            await OnceAsync(client, "/v1/accounts", new { id = $"{id}", handle = $"user_{id}", requestId = $"new-{id}" });
        }

        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(1, Accounts).Select(id => TurnAsync(client, id, over.Token)).ToArray();
        foreach (var silo in silos)
        {
            Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
            await silo.RestartAsync(Token);
        }

        await over.CancelAsync();
        var turns = await Task.WhenAll(load);
        TestContext.Current.SendDiagnosticMessage("{0} takedowns and restores while three silos were restarted", turns.Sum());
        for (var id = 1; id <= Accounts; id++)
        {
            var account = await client.GetFromJsonAsync<JsonElement>(new Uri($"/v1/accounts/{id}", UriKind.Relative), Token);
            Assert.Equal($"{1 + (2 * turns[id - 1])}", account.GetProperty("version").GetString());
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
        Environment = new Dictionary<string, string> { ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString() },
    };

    /// <summary>Takes an account down and brings it back, over and over; every request must be answered well at the first attempt.</summary>
    /// <returns>How often.</returns>
    private static async Task<int> TurnAsync(HttpClient client, int id, CancellationToken over)
    {
        var turns = 0;
        for (; !over.IsCancellationRequested; turns++)
        {
            await OnceAsync(client, $"/v1/accounts/{id}:deactivate", new { reason = "OWNER_REQUEST", owner = true, requestId = $"down-{id}-{turns}" });
            await OnceAsync(client, $"/v1/accounts/{id}:restore", new { reason = "OWNER_REQUEST", owner = true, requestId = $"up-{id}-{turns}" });
        }

        return turns;
    }

    private static async Task OnceAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
    }

    /// <summary>
    /// Sends a request until it is answered. The gateway itself repeats what may be repeated for some seconds; a busy machine may take longer to find out that a silo is gone.
    /// </summary>
    private static async Task<JsonElement> SendAsync(HttpClient client, string path, object body)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            if (response.IsSuccessStatusCode)
            {
                return JsonDocument.Parse(text).RootElement.Clone();
            }

            Assert.True(attempt < 20 && response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout, $"{(int)response.StatusCode} {text}");
            TestContext.Current.SendDiagnosticMessage("{0} {1}", path, text);
            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), Token);
        }
    }
}
