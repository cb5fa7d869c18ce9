using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Api;
using Grpc.Core;
using Grpc.Health.V1;

namespace AccountGrid.Conformance.Wire;

/// <summary>What every gateway says about itself, and to whoever takes a wrong turn.</summary>
public abstract partial class SurfaceSuite(Topology topology) : WireSuite(topology)
{
    [Fact]
    public async Task Health_answers_without_a_token()
    {
        foreach (var gateway in Grid.Everywhere)
        {
            var stranger = Grid.CallerAt(gateway, Protocol.Http, token: null);
            foreach (var path in new[] { "/health/live", "/health/ready", "/health/startup" })
            {
                using var response = await stranger.Http.GetAsync(path, Options.CancellationToken);
                Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
            }

            var health = new Health.HealthClient(Grid.Invoker(gateway, token: null));
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving,
                (await health.CheckAsync(new(), Options)).Status);
        }
    }

    [Fact]
    public async Task The_OpenAPI_page_describes_every_route_and_needs_no_token()
    {
        var rules = new[]
        {
            V1.AccountServiceReflection.Descriptor, V1.FollowerServiceReflection.Descriptor,
                V1.ProposalServiceReflection.Descriptor,
            V1.OperatorServiceReflection.Descriptor, V1.BrakeServiceReflection.Descriptor,
                V1.AuditServiceReflection.Descriptor,
                V1.TraceServiceReflection.Descriptor, V1.PolicyServiceReflection.Descriptor,
        }.SelectMany(static f => f.Services).SelectMany(static s => s.Methods).Select(
            static m => m.GetOptions()?.GetExtension(AnnotationsExtensions.Http)).OfType<HttpRule>().ToArray();
        Assert.Equal(43, rules.Length);
        foreach (var gateway in Grid.Everywhere)
        {
            using var document =
                JsonDocument.Parse(
                    (await Grid.CallerAt(gateway, Protocol.Http, token: null)
                        .GetAsync("/openapi/v1.json")).GetRawText());
            var paths = document.RootElement.GetProperty("paths");
            foreach (var rule in rules)
            {
                var (verb, path) = rule.PatternCase switch
                {
                    HttpRule.PatternOneofCase.Get => ("get", rule.Get),
                    HttpRule.PatternOneofCase.Put => ("put", rule.Put),
                    HttpRule.PatternOneofCase.Delete => ("delete", rule.Delete),
                    _ => ("post", rule.Post),
                };
                Assert.NotEmpty(paths.GetProperty(path).GetProperty(verb).GetProperty("summary").GetString()!);
            }

            Assert.True(paths.GetProperty("/v1/followers:ingest").TryGetProperty("post", out _));
            Assert.True(paths.GetProperty("/v1/events").TryGetProperty("get", out _));
            Assert.Equal("3.1.0", document.RootElement.GetProperty("openapi").GetString());
            var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
            Assert.All(Reference().Matches(document.RootElement.GetRawText()),
                match => Assert.True(schemas.TryGetProperty(match.Groups[1].Value, out _), match.Value));
        }
    }

    [Fact]
    public async Task Metrics_count_requests_by_method_protocol_and_outcome()
    {
        foreach (var gateway in Grid.Everywhere)
        {
            var (grpc, http) = (Meet(Protocol.Grpc).Shop.At(gateway), Meet(Protocol.Http).Shop.At(gateway));
            await WireClient.ErrorAsync(grpc.Audit.ListCheckpointsAsync(new(), Options));
            await WireClient.ErrorAsync(http.Audit.ListCheckpointsAsync(new(), Options));
            await http.Accounts.BatchGetAccountsAsync(new() { Ids = { long.MaxValue } }, Options);
            var metrics = await Grid.CallerAt(gateway, Protocol.Http, token: null).Http.GetStringAsync(
                "/metrics", Options.CancellationToken);
            foreach (var labels in new[]
            {
                "method=\"AuditService.ListCheckpoints\",protocol=\"grpc\",outcome=\"FORBIDDEN_ROLE\"",
                "method=\"AuditService.ListCheckpoints\",protocol=\"http\",outcome=\"FORBIDDEN_ROLE\"",
                "method=\"AccountService.BatchGetAccounts\",protocol=\"http\",outcome=\"OK\"",
            })
            {
                Assert.Contains($"accountgrid_gateway_requests_total{{{labels}}} ", metrics, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Addresses_that_nobody_serves_are_not_found()
    {
        var shop = Meet(Protocol.Http).Shop.Wire;
        Assert.Equal(("NOT_FOUND", HttpStatusCode.NotFound), Short(await shop.GetErrorAsync("/v1/nowhere")));
        Assert.Equal(("NOT_FOUND", HttpStatusCode.NotFound),
            Short(await shop.PostErrorAsync("/v1/accounts/1:explode", new { })));
        using var response = await shop.Http.DeleteAsync("/v1/accounts/1", Options.CancellationToken);
        Assert.Equal(("UNIMPLEMENTED", HttpStatusCode.MethodNotAllowed), Short(await WireError.FromAsync(response)));
        var bytes = Marshallers.Create(static (byte[] b) => b, static b => b);
        var method = new Method<byte[], byte[]>(
            MethodType.Unary, "accountgrid.v1.AccountService", "Explode", bytes, bytes);
        var invoker = Grid.Invoker(Grid.Gateways[0], Grid.Token("shop", null, "service"));
        Assert.Equal("UNIMPLEMENTED",
            (await WireClient.ErrorAsync(invoker.AsyncUnaryCall(method, null, Options, []))).Reason);

        static (string, HttpStatusCode?) Short(WireError error) => (error.Reason, error.HttpStatus);
    }

    [Fact]
    public async Task JSON_is_held_to_the_proto_and_every_fault_is_named()
    {
        var cast = Meet(Protocol.Http);
        var id = await cast.RegisterAsync();
        var path = $"/v1/accounts/{id}:suspend";
        Assert.Equal(["untill"],
            (await cast.Kim.Wire.PostErrorAsync(
                path, new { reason = "SPAM", untill = "2030-01-01T00:00:00Z" })).Fields);
        Assert.Equal(["note"],
            (await cast.Kim.Wire.PostErrorAsync(path, """{"reason":"SPAM","note":"a","note":"b"}""")).Fields);
        Assert.Equal(["id"], (await cast.Kim.Wire.PostErrorAsync(path, new { id = "1", reason = "SPAM" })).Fields);
        Assert.Equal(["id"], (await cast.Kim.Wire.GetErrorAsync("/v1/accounts/abc")).Fields);
        Assert.Equal(["body"], (await cast.Kim.Wire.PostErrorAsync(path, "{")).Fields);
        Assert.Equal(["filter"], (await cast.Kim.Wire.GetErrorAsync("/v1/accounts?filter=nonsense")).Fields);
        Assert.Equal(["pageSize"], (await cast.Kim.Wire.GetErrorAsync("/v1/audit?pageSize=1001")).Fields);
        Assert.Equal(1, (await cast.ReadAsync(id)).Version);
    }

    [GeneratedRegex("\"#/components/schemas/([^\"]+)\"")]
    private static partial Regex Reference();
}
