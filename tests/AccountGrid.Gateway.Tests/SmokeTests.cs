#pragma warning disable xUnit1051
using System.Net.Http.Json;
using AccountGrid.Gateway.Tests.Harness;

namespace AccountGrid.Gateway.Tests;

public sealed class SmokeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task It_starts()
    {
        await using var host = await GatewayHost.StartAsync();
        using var http = host.CreateHttpClient(host.Tokens.Service);
        async Task Show(Task<HttpResponseMessage> call)
        {
            using var response = await call;
            output.WriteLine($"{(int)response.StatusCode} {string.Join("; ", response.Headers.Select(h => h.Key + "=" + string.Join(",", h.Value)))}\n   {await response.Content.ReadAsStringAsync()}");
        }

        await Show(http.PostAsJsonAsync("/v1/accounts", new { id = "25073877", handle = "potus" }));
        await Show(http.GetAsync("/v1/accounts/25073877"));
        await Show(http.GetAsync("/v1/accounts/7"));
        await Show(http.GetAsync("/v1/accounts/abc"));
        await Show(http.GetAsync("/nowhere"));
        await Show(http.PutAsync("/v1/accounts/25073877/followers/2", null));
        using var staff = host.CreateHttpClient(host.Tokens.Staff("kim"));
        await Show(staff.PostAsJsonAsync("/v1/accounts/25073877:deactivate", new { reason = "SPAM", note = "x" }));
        await Show(staff.GetAsync("/v1/accounts/25073877/journal"));
        await Show(staff.GetAsync("/v1/accounts/25073877/incidents"));
        await Show(staff.GetAsync("/v1/accounts?filter=status%20%3D%20DEACTIVATED&pageSize=1"));
        await Show(staff.PostAsJsonAsync("/v1/operators/kim:undo", new { since = "2020-01-01T00:00:00Z" }));
        await Show(staff.GetAsync("/v1/audit?pageSize=2"));
        await Show(staff.PostAsJsonAsync("/v1/audit:verify", new { }));
        await Show(staff.GetAsync("/v1/operators"));
        await Show(http.PostAsync("/v1/followers:ingest", new StringContent("{\"account\":\"25073877\",\"follower\":\"5\",\"op\":\"follow\"}\nnonsense\n", null, "application/x-ndjson")));
        var grpc = new V1.AccountService.AccountServiceClient(host.Invoker(host.Tokens.Service));
        output.WriteLine((await grpc.GetAccountAsync(new() { Id = 25073877 })).ToString());
        var e = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await grpc.GetAccountAsync(new() { Id = 5 }));
        output.WriteLine(e + " " + e.Trailers.Count);
        foreach (var line in host.Logs.Lines)
        {
            output.WriteLine(line);
        }
    }
}
