using System.Globalization;
using AccountGrid.Gateway.Tests.Harness;

namespace AccountGrid.Gateway.Tests.Reads;

/// <summary>
/// What <c>/metrics</c> shows of requests. The registry is the process's, so other tests count too: a test looks at
/// methods that it alone calls, or at growth.
/// </summary>
public sealed class MetricsTests(SharedGateway gateway)
{
    private const string Requests = "accountgrid_gateway_requests_total";
    private const string Durations = "accountgrid_gateway_request_duration_seconds_count";

    [Fact]
    public async Task Requests_are_counted_by_method_protocol_and_outcome_whoever_answered_them()
    {
        await using var host = await GatewayHost.StartAsync();
        using var stranger = new Wire(host, null);
        using var service = new Wire(host, host.Tokens.Service);
        using var kim = new Wire(host, host.Tokens.Staff("kim", "support"));
        var before = await ReadAsync();

        await service.Audit.ListCheckpointsAsync(new(), Wire.Options).ResponseAsync.ContinueWith(
            static _ => { }, TaskScheduler.Default);
        await Wire.ErrorAsync(stranger.Audit.ListCheckpointsAsync(new(), Wire.Options));
        await stranger.GetErrorAsync("/v1/audit/checkpoints");
        await kim.GetErrorAsync("/v1/audit/checkpoints");
        await service.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "a" }, Wire.Options);
        await service.GetAsync("/v1/public/accounts/1");
        await service.GetErrorAsync("/v1/public/accounts/2");
        await service.GetErrorAsync("/v1/public/accounts/no-number");
        await service.GetErrorAsync("/nowhere");

        var after = await ReadAsync();
        Assert.True(Grown("AuditService.ListCheckpoints", "grpc", "FORBIDDEN_ROLE") >= 1);
        Assert.True(Grown("AuditService.ListCheckpoints", "grpc", "UNAUTHENTICATED") >= 1);
        Assert.True(Grown("AuditService.ListCheckpoints", "http", "UNAUTHENTICATED") >= 1);
        Assert.True(Grown("AuditService.ListCheckpoints", "http", "FORBIDDEN_ROLE") >= 1);
        Assert.True(Grown("AccountService.GetPublicAccount", "http", "OK") >= 1);
        Assert.True(Grown("AccountService.GetPublicAccount", "http", "NOT_FOUND") >= 1);
        Assert.True(Grown("AccountService.GetPublicAccount", "http", "INVALID_ARGUMENT") >= 1);
        Assert.True(Grown("other", "http", "NOT_FOUND") >= 1);
        Assert.True(Of(after, Durations, "method=\"AccountService.GetPublicAccount\",protocol=\"http\"") >= 3);

        double Grown(string method, string protocol, string outcome)
        {
            var labels = $"method=\"{method}\",protocol=\"{protocol}\",outcome=\"{outcome}\"";
            return Of(after, Requests, labels) - Of(before, Requests, labels);
        }
    }

    [Fact]
    public async Task Streams_are_counted_when_they_end_and_have_no_duration()
    {
        await gateway.RegisterAsync(followers: 1);
        var metrics = await ReadAsync();
        Assert.True(
            Of(metrics, Requests, "method=\"FollowerService.IngestFollows\",protocol=\"grpc\",outcome=\"OK\"") >= 1);
        Assert.Equal(0, Of(metrics, Durations, "method=\"FollowerService.IngestFollows\",protocol=\"grpc\""));
    }

    [Fact]
    public async Task What_would_cost_every_read_a_microsecond_stays_out()
    {
        var metrics = await ReadAsync();
        Assert.Contains("accountgrid_", metrics, StringComparison.Ordinal);
        Assert.Contains("orleans_catalog_activations", metrics, StringComparison.Ordinal);
        Assert.Contains("kestrel_active_connections", metrics, StringComparison.Ordinal);
        foreach (var name in new[] { "http_server_", "kestrel_queued_requests", "orleans_directory_lookups_",
            "orleans_app_requests_latency" })
        {
            Assert.DoesNotContain(name, metrics, StringComparison.Ordinal);
        }
    }

    private async Task<string> ReadAsync()
    {
        using var stranger = gateway.Host.CreateHttpClient();
        return await stranger.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
    }

    private static double Of(string metrics, string name, string labels) =>
        metrics.Split('\n')
            .FirstOrDefault(line => line.StartsWith($"{name}{{{labels}}} ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            : 0;
}
