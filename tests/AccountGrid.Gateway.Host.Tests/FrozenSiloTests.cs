using System.Net;
using System.Net.Http.Json;
using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>
/// A silo that stands still with all its connections open (SIGSTOP, a hung machine): nothing is refused, so that only
/// the missed probes tell.
/// </summary>
public sealed class FrozenSiloTests
{
    private const int Accounts = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_costs_requests_a_delay_and_ends_itself_when_it_wakes()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartNewAsync();
        using var keys = new TempDirectory();
        var options = new SiloProcessOptions
        {
            DataDirectory = keys.FullPath,
            Arguments = ["--gateway-port", "0"],
            Environment = new Dictionary<string, string> { ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString() },
        };
        await using var gateway =
            new GatewayProcess(
                new GatewayProcessOptions { DataDirectory = keys.FullPath, Postgres = server.ConnectionString() });
        var silos = await Task.WhenAll(SiloProcess.StartAsync(options, Token), SiloProcess.StartAsync(options, Token));
        await using var healthy = silos[0];
        await using var frozen = silos[1];
        using var outside = await gateway.ConnectAsync("shop", ["service"], Token);
        using var inside = healthy.CreateHttpClient(healthy.Token("shop", "service"));
        using var kim = healthy.CreateHttpClient(healthy.Token("kim", "support"));
        for (var id = 1; id <= Accounts; id++)
        {
            // Each account has its place before the silo freezes, and so has the record of kim.
            await AnsweredAsync(
                inside.PostAsJsonAsync(
                    Address("/v1/accounts"), new { id = $"{id}", handle = $"user_{id}", requestId = $"new-{id}" },
                    Token));
            await AnsweredAsync(
                kim.PostAsJsonAsync(Address($"/v1/accounts/{id}:deactivate"),
                    new { reason = "SPAM", requestId = $"first-{id}" }, Token));
        }

        Assert.True(frozen.Pause());
        await Task.WhenAll(
            SlowestAsync("reads", id => AnsweredAsync(inside.GetAsync(Address($"/v1/accounts/{id}"), Token))),
            SlowestAsync("follows",
                id => AnsweredAsync(inside.PutAsync(Address($"/v1/accounts/{id}/followers/1000"), null, Token))),
            SlowestAsync("owners' commands", id => AnsweredAsync(inside.PostAsJsonAsync(
                Address($"/v1/accounts/{id}:deactivate"),
                new { reason = "OWNER_REQUEST", owner = true, requestId = $"owner-{id}" }, Token))),
            SlowestAsync("staff's commands", id => AnsweredAsync(kim.PostAsJsonAsync(
                Address($"/v1/accounts/{id}:restore"), new { reason = "ERROR", requestId = $"second-{id}" }, Token))),
            SlowestAsync("reads through the gateway",
                id => AnsweredLaterAsync(() => outside.GetAsync(Address($"/v1/accounts/{id}"), Token))));

        Assert.True(frozen.Resume());
        Assert.NotEqual(0, await frozen.WaitForExitAsync(TimeSpan.FromSeconds(60), Token));
    }

    private static Uri Address(string path) => new(path, UriKind.Relative);

    private static async Task SlowestAsync(string what, Func<int, Task> request)
    {
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(1, Accounts).Select(request));
        TestContext.Current.SendDiagnosticMessage(
            "{0}: the last was answered after {1:0.0} s", what, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>At the first attempt: within the 10 seconds that a request may take.</summary>
    private static async Task AnsweredAsync(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        Assert.True(response.IsSuccessStatusCode,
            $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
    }

    /// <summary>
    /// At last: an Orleans client is told nothing of a silo's death, so that up to two of its calls end by their own
    /// timeout first.
    /// </summary>
    private static async Task AnsweredLaterAsync(Func<Task<HttpResponseMessage>> request)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var response = await request();
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True(
                attempt < 6 && response.StatusCode is HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.GatewayTimeout,
                $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
        }
    }
}
