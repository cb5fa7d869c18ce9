using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AccountGrid.Gateway.Tests.Harness;
using Google.Api;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace AccountGrid.Gateway.Tests.Reads;

/// <summary>What the gateway says about itself.</summary>
public sealed class SurfaceTests(SharedGateway gateway)
{
    [Fact]
    public async Task The_OpenAPI_page_describes_every_route_and_needs_no_token()
    {
        using var stranger = gateway.Host.CreateHttpClient();
        using var document = JsonDocument.Parse(await stranger.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        var paths = document.RootElement.GetProperty("paths");
        var rules = new[]
        {
            V1.AccountServiceReflection.Descriptor, V1.FollowerServiceReflection.Descriptor, V1.ProposalServiceReflection.Descriptor,
            V1.OperatorServiceReflection.Descriptor, V1.AuditServiceReflection.Descriptor,
        }.SelectMany(static f => f.Services).SelectMany(static s => s.Methods).Select(static m => m.GetOptions()?.GetExtension(AnnotationsExtensions.Http)).OfType<HttpRule>().ToArray();
        Assert.Equal(27, rules.Length);
        foreach (var rule in rules)
        {
            var (verb, path) = rule.PatternCase switch
            {
                HttpRule.PatternOneofCase.Get => ("get", rule.Get),
                HttpRule.PatternOneofCase.Put => ("put", rule.Put),
                HttpRule.PatternOneofCase.Delete => ("delete", rule.Delete),
                _ => ("post", rule.Post),
            };
            var operation = paths.GetProperty(path).GetProperty(verb);
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
        }

        Assert.True(paths.GetProperty("/v1/followers:ingest").TryGetProperty("post", out _));
        Assert.True(paths.GetProperty("/v1/events").TryGetProperty("get", out _));
        Assert.Equal("3.1.0", document.RootElement.GetProperty("openapi").GetString());
        AllReferencesResolve(document.RootElement);
    }

    [Fact]
    public async Task Health_and_reflection_answer_over_gRPC_without_a_token()
    {
        var health = new Health.HealthClient(gateway.Host.Invoker());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new(), Wire.Options)).Status);

        using var reflection = new ServerReflection.ServerReflectionClient(gateway.Host.Invoker()).ServerReflectionInfo(Wire.Options);
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
        Assert.True(await reflection.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Contains(reflection.ResponseStream.Current.ListServicesResponse.Service, static s => s.Name == "accountgrid.v1.AccountService");
    }

    [Fact]
    public async Task An_address_of_the_host_needs_a_token_unless_it_says_otherwise()
    {
        using var stranger = gateway.Host.CreateHttpClient();
        using var response = await stranger.GetAsync("/nowhere", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    public sealed class The_protos
    {
        [Fact]
        public async Task Pass_the_linter()
        {
            var (exitCode, output) = await BufAsync("lint", DescriptorSet(), "--config", "buf.yaml");
            Assert.True(exitCode == 0, output);
        }

        [Fact]
        public async Task Are_formatted()
        {
            var (exitCode, output) = await BufAsync("format", "--diff", "--exit-code", "--path", "accountgrid");
            Assert.True(exitCode == 0, output);
        }

        private static string DescriptorSet()
        {
            using var set = typeof(V1.Account).Assembly.GetManifestResourceStream("accountgrid.v1.binpb")!;
            var path = Path.Combine(Path.GetTempPath(), $"accountgrid-{Environment.ProcessId}.binpb");
            using var file = File.Create(path);
            set.CopyTo(file);
            return path;
        }

        private static async Task<(int ExitCode, string Output)> BufAsync(params string[] arguments)
        {
            var folder = Repository.PathOf("client/AccountGrid.Protocol");
            var buf = Path.Combine(folder, "node_modules", ".bin", "buf");
            Assert.SkipUnless(File.Exists(buf), "The linter is not installed: npm ci --prefix client/AccountGrid.Protocol");
            var start = new ProcessStartInfo(buf, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            try
            {
                using var process = Process.Start(start)!;
                var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                output += await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                return (process.ExitCode, output);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("node is not installed.");
                return default;
            }
        }
    }

    private static void AllReferencesResolve(JsonElement root)
    {
        var schemas = root.GetProperty("components").GetProperty("schemas");
        var text = root.GetRawText();
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(text, "\"#/components/schemas/([^\"]+)\""))
        {
            Assert.True(schemas.TryGetProperty(match.Groups[1].Value, out _), match.Value);
        }
    }
}
