using System.Diagnostics;
using System.Net;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Reflection.V1Alpha;

namespace AccountGrid.Gateway.Tests.Reads;

/// <summary>What the gateway says about itself.</summary>
public sealed class SurfaceTests(SharedGateway gateway)
{
    [Fact]
    public async Task Reflection_answers_over_gRPC_without_a_token()
    {
        using var reflection =
            new ServerReflection.ServerReflectionClient(gateway.Host.Invoker()).ServerReflectionInfo(Wire.Options);
        await reflection.RequestStream.WriteAsync(
            new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
        Assert.True(await reflection.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Contains(reflection.ResponseStream.Current.ListServicesResponse.Service,
            static s => s.Name == "accountgrid.v1.AccountService");
    }

    [Fact]
    public async Task An_address_of_the_host_needs_a_token_unless_it_says_otherwise()
    {
        using var stranger = gateway.Host.CreateHttpClient();
        using var response = await stranger.GetAsync("/nowhere", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    // A browser on a page of evil.example, a name that leads to 127.0.0.1, was once served.
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:1", true)]
    [InlineData("grid.localhost", true)]
    [InlineData("127.0.0.1:5180", true)]
    [InlineData("[::1]:5180", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost.evil.example:5180", false)]
    [InlineData("10.0.0.1", false)]
    public async Task With_the_development_key_only_names_of_this_machine_are_served(string host, bool isServed)
    {
        using var client = gateway.Host.CreateHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Host = host;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        if (isServed)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        var error = await WireError.FromAsync(response);
        Assert.Equal(("INVALID_ARGUMENT", HttpStatusCode.MisdirectedRequest), (error.Reason, error.HttpStatus));
        Assert.Equal(["host"], error.Fields);
    }

    [Theory]
    [InlineData("/v1/accounts/1")]
    [InlineData("/v1/nowhere")]
    [InlineData("/v1/events")]
    [InlineData("/metrics")]
    public async Task No_answer_is_kept_or_taken_for_another_type(string path)
    {
        using var response = await gateway.Service.Http.GetAsync(
            path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.True(response.Headers.CacheControl?.NoStore);
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
            Assert.SkipUnless(
                File.Exists(buf), "The linter is not installed: npm ci --prefix client/AccountGrid.Protocol");
            var start = new ProcessStartInfo(buf, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
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
}
