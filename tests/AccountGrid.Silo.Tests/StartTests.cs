using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AccountGrid.Testing;
using Grpc.Health.V1;

namespace AccountGrid.Silo.Tests;

public sealed class StartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public sealed class Standard_error
    {
        /// <summary>
        /// Data protection, which nothing uses, warned about the key that it wrote into the home directory; in a container it warned more, and
        /// Kestrel warned about the ports that container images set.
        /// </summary>
        [Theory]
        [InlineData(false)]
        [InlineData(true)]
        public async Task Is_silent_from_the_first_start_to_the_stop(bool inContainer)
        {
            using var home = new TempDirectory();
            var environment = new Dictionary<string, string> { ["HOME"] = home.FullPath };
            if (inContainer)
            {
                environment["DOTNET_RUNNING_IN_CONTAINER"] = "true";
                environment["ASPNETCORE_HTTP_PORTS"] = "8080";
            }

            await using var silo = await SiloProcess.StartAsync(
                new SiloProcessOptions { Environment = environment, AsInProduction = true }, Token);
            using (var api = new Api(silo, "web", "service"))
            {
                await api.RegisterAsync(1);
            }

            Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
            Assert.True(silo.Output.Count == 8, string.Join('\n', silo.Output));
            Assert.False(Directory.Exists(home.File(".aspnet")));
        }

        /// <summary>A port in use is found when the silo already works; it was not stopped but disposed, and its timers warned of an ObjectDisposedException.</summary>
        [Theory]
        [InlineData("--http-port")]
        [InlineData("--grpc-port")]
        public async Task Says_in_one_line_that_a_port_is_in_use(string option)
        {
            using var other = new TcpListener(IPAddress.Loopback, 0);
            other.Start();
            var port = ((IPEndPoint)other.LocalEndpoint).Port;

            var (exitCode, output) = await SiloProcess.RunToEndAsync(
                new SiloProcessOptions { Arguments = [option, port.ToString(CultureInfo.InvariantCulture)] }, Token);

            Assert.Equal(1, exitCode);
            Assert.Equal(
                $"AccountGrid did not start. Failed to bind to address http://127.0.0.1:{port}: address already in use."
                + " Choose other ports with --http-port and --grpc-port; 0 takes any free one.",
                output);
        }

        /// <summary>Orleans logged the failure three times with its stack, and the last line was one more stack that named no port.</summary>
        [Theory]
        [InlineData("--silo-port")]
        [InlineData("--gateway-port")]
        public async Task Says_in_one_line_that_a_port_of_the_cluster_is_in_use(string option)
        {
            using var other = new TcpListener(IPAddress.Loopback, 0);
            other.Start();
            var port = ((IPEndPoint)other.LocalEndpoint).Port;
            using var data = new TempDirectory();
            var directory = data.File("never-made");

            var (exitCode, output) = await SiloProcess.RunToEndAsync(
                new SiloProcessOptions { DataDirectory = directory, Arguments = [option, port.ToString(CultureInfo.InvariantCulture)] }, Token);

            Assert.Equal(1, exitCode);
            Assert.Equal(
                $"AccountGrid did not start. Failed to bind to address 127.0.0.1:{port}: address already in use."
                + $" Choose another port with {option}; 0 takes any free one.",
                output);
            Assert.False(Directory.Exists(directory));
        }
    }

    /// <summary>One silo for all tests that only look at it.</summary>
    public sealed class StartedSilo : IAsyncLifetime
    {
        public SiloProcess Silo { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Silo =
            await SiloProcess.StartAsync(new SiloProcessOptions { AsInProduction = true }, Token);

        public ValueTask DisposeAsync() => Silo.DisposeAsync();
    }

    public sealed class A_started_silo(StartedSilo fixture) : IClassFixture<StartedSilo>
    {
        private readonly SiloProcess _silo = fixture.Silo;

        [Fact]
        public void Says_where_it_listens_where_its_data_lies_and_three_commands_to_try()
        {
            var lines = _silo.Output;
            Assert.Equal([$"HTTP  {Root(_silo.Http)}", $"gRPC  {Root(_silo.Grpc)}", $"Data  {_silo.DataDirectory}"], lines.Take(3));
            var commands = lines.Where(l => l.StartsWith("  ", StringComparison.Ordinal)).ToArray();
            Assert.Equal(3, commands.Length);
            Assert.Contains($"replay --server {Root(_silo.Grpc)} --data {_silo.DataDirectory}", commands[0], StringComparison.Ordinal);
            Assert.Contains("token --as kim --roles support,approver,auditor", commands[1], StringComparison.Ordinal);
            Assert.Contains("account list", commands[2], StringComparison.Ordinal);
        }

        // It suggested "dotnet run" for each command, which the README does not use: it builds at every call.
        [Fact]
        public async Task In_a_checkout_says_first_how_to_build_the_command_line_as_the_README_does()
        {
            using var checkout = new TempDirectory();
            Directory.CreateDirectory(checkout.File("client/AccountGrid.Cli"));
            await using var silo = await SiloProcess.StartAsync(
                new SiloProcessOptions { Launcher = ["env", $"--chdir={checkout.FullPath}"] }, Token);

            var commands = silo.Output.Where(static l => l.StartsWith("  ", StringComparison.Ordinal)).Select(static l => l.Trim()).ToArray();

            Assert.Equal(5, commands.Length);
            var readme = await File.ReadAllLinesAsync(RepositoryFiles.PathOf("README.md"), Token);
            Assert.Contains("$ " + commands[0], readme);
            Assert.Contains("$ " + commands[1], readme);
            Assert.All(commands[2..], static command => Assert.Contains("accountgrid ", command, StringComparison.Ordinal));
        }

        [Fact]
        public async Task Logs_nothing_when_all_is_well()
        {
            using var api = new Api(_silo, "web", "service");
            await api.RegisterAsync(1);
            using var unknown = await api.SendAsync("/v1/accounts/404");
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
            var banner = _silo.Output.Count;
            Assert.Equal(8, banner);
        }

        [Theory]
        [InlineData("live")]
        [InlineData("ready")]
        [InlineData("startup")]
        public async Task Is_healthy_by_each_probe_without_a_token(string probe)
        {
            using var client = _silo.CreateHttpClient();
            using var response = await client.GetAsync(new Uri($"/health/{probe}", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        [Fact]
        public async Task Serves_the_health_protocol_of_gRPC()
        {
            var health = new Health.HealthClient(_silo.Anonymous());
            var answer = await health.CheckAsync(new HealthCheckRequest(), cancellationToken: Token);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        [Fact]
        public async Task Listens_on_loopback_only()
        {
            // What the kernel says about this process's sockets: an address that is not 7F (127) is open to others.
            var inodes = Directory.GetFiles($"/proc/{_silo.ProcessId}/fd").Select(f => new FileInfo(f).LinkTarget).OfType<string>()
                .Where(t => t.StartsWith("socket:[", StringComparison.Ordinal)).Select(t => t["socket:[".Length..^1]).ToHashSet();
            var listening = new List<string>();
            foreach (var table in (string[])["tcp", "tcp6"])
            {
                foreach (var line in (await File.ReadAllLinesAsync($"/proc/net/{table}", Token)).Skip(1))
                {
                    var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (columns[3] == "0A" && inodes.Contains(columns[9]))
                    {
                        listening.Add(columns[1]);
                    }
                }
            }

            // HTTP, gRPC, silo to silo; no port for Orleans clients of other processes, which nobody asked for.
            Assert.Equal(3, listening.Count);
            Assert.All(listening, l => Assert.StartsWith("0100007F:", l, StringComparison.Ordinal));
        }

        [Fact]
        public void Keeps_its_keys_to_itself()
        {
            foreach (var key in (string[])["dev-signing-key.pem", "checkpoint-key.pem"])
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_silo.DataDirectory, key)));
            }
        }

        [Fact]
        public async Task Shows_the_dashboard_to_the_role_admin_alone()
        {
            using var anybody = _silo.CreateHttpClient();
            using var nobody = await anybody.GetAsync(new Uri("/dashboard/", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
            using var auditor = new Api(_silo, "ann", "auditor");
            using var wrongRole = await auditor.SendAsync("/dashboard/");
            Assert.Equal(HttpStatusCode.Forbidden, wrongRole.StatusCode);
            using var admin = new Api(_silo, "boss", "admin");
            using var page = await admin.SendAsync("/dashboard/");
            Assert.Equal(["DENY"], page.Headers.GetValues("X-Frame-Options"));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Contains("Orleans Dashboard", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        [Fact]
        public async Task Counts_commands_appends_requests_and_activations_for_prometheus()
        {
            using var api = new Api(_silo, "web", "service");
            await api.RegisterAsync(2);
            using var client = _silo.CreateHttpClient();
            var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
            foreach (var name in (string[])["accountgrid_command", "accountgrid_storage_commit", "accountgrid_gateway_requests_total", "orleans_catalog_activations"])
            {
                Assert.Contains(name, metrics, StringComparison.Ordinal);
            }
        }

        private static string Root(Uri address) => address.GetLeftPart(UriPartial.Authority);
    }
}
