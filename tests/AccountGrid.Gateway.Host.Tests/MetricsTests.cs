using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>What a gateway process and the silo behind it, on a real database, serve at <c>/metrics</c>.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_shows_its_requests_and_a_silo_what_its_database_driver_does_and_neither_offends_the_lint()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartNewAsync();
        using var keys = new TempDirectory();
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                DataDirectory = keys.FullPath,
                Arguments = ["--gateway-port", "0"],
                Environment = new Dictionary<string, string> { ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString() },
            },
            Token);
        await using var gateway =
            new GatewayProcess(
                new GatewayProcessOptions { DataDirectory = keys.FullPath, Postgres = server.ConnectionString() });
        using var client = await gateway.ConnectAsync("kim", ["service", "support"], Token);
        await Requests.SendAsync(client, "/v1/accounts", new { id = "7700001", handle = "user_one" });
        await Requests.SendAsync(client, "/v1/accounts/7700001:deactivate", new { reason = "SPAM" });

        var atGateway = new Exposition(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token));
        Assert.Equal(
            ["accountgrid_build_info", "accountgrid_gateway_key_readings_total",
                "accountgrid_gateway_request_duration_seconds",
                "accountgrid_gateway_requests_total"],
            atGateway.Types.Keys.Where(static n => n.StartsWith("accountgrid_", StringComparison.Ordinal)));
        Assert.Equal(1,
            atGateway["accountgrid_gateway_requests_total{method=\"AccountService.DeactivateAccount\",protocol=\"http\",outcome=\"OK\"}"]);

        using var direct = silo.CreateHttpClient();
        var atSilo = new Exposition(await direct.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token));
        Assert.Contains(
            atSilo.Types, static t => t is { Key: "db_client_operation_duration_seconds", Value: "histogram" });
        foreach (var (name, value) in atGateway.Labels.Concat(atSilo.Labels))
        {
            Assert.False(value.Contains(server.Password, StringComparison.Ordinal)
                || value.Contains("7700001", StringComparison.Ordinal), $"{name}=\"{value}\"");
        }

        Assert.SkipWhen(Promtool.Missing is not null, Promtool.Missing ?? "");
        Assert.Equal(new PromtoolResult(0, ""), await Promtool.CheckMetricsAsync(atGateway.Text, Token));
        Assert.Equal(new PromtoolResult(0, ""), await Promtool.CheckMetricsAsync(atSilo.Text, Token));
    }
}
