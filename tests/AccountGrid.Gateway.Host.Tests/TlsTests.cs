using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AccountGrid.Cluster;
using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>Two real silos and a gateway that know each other by certificate, and strangers.</summary>
public sealed class TlsTests : IAsyncDisposable
{
    private readonly TempDirectory _keys = new();
    private readonly TestAuthority _ours = new("ours");
    private readonly TestAuthority _theirs = new("theirs");
    private PostgresServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _ours.Dispose();
        _theirs.Dispose();
        _keys.Dispose();
    }

    [Fact]
    public async Task Certificates_of_one_authority_make_a_cluster_and_nobody_else_comes_in()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        _server = await PostgresServer.StartNewAsync();
        var port = FreePort();
        var silos = await Task.WhenAll(
            SiloProcess.StartAsync(Silo(_ours.Issue("accountgrid-silo"), "--silo-port", $"{port}"), Token),
            SiloProcess.StartAsync(Silo(_ours.Issue("accountgrid-silo")), Token));
        await using var first = silos[0];
        await using var second = silos[1];
        await using var gateway = Gateway(_ours.Issue("accountgrid-gateway"));
        using var shop = await gateway.ConnectAsync("shop", ["service"], Token);
        await ServesAsync(shop, from: 1);

        // Each trusts our silos, so that it is for them to refuse it.
        var foreign = _theirs.Issue("accountgrid-silo");
        foreign.Authority = _ours.Together(_theirs);
        var misnamed = _ours.Issue("somebody");
        misnamed.GatewayName = "somebody";
        await using var bareSilo = SiloProcess.Begin(Silo(new TlsSettings()));
        await using var foreignSilo = SiloProcess.Begin(Silo(foreign));
        await using var misnamedGateway = Gateway(misnamed);
        await RefusedAsync(silos, "CN=accountgrid-silo does not hold: PartialChain");
        await RefusedAsync(silos, "CN=somebody does not carry the name accountgrid-gateway or accountgrid-silo");
        await RefusedAsync(silos, "frame");
        await StrangersAtTheDoorAsync(port, silos);
        await ServesAsync(shop, from: 100);
        Assert.DoesNotContain(bareSilo.Output.Concat(foreignSilo.Output),
            static line => line.StartsWith("HTTP", StringComparison.Ordinal));
        Assert.DoesNotContain("HTTP", misnamedGateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_whose_own_certificate_does_not_hold_says_so_and_ends_with_code_2()
    {
        var (code, output) = await SiloProcess.RunToEndAsync(Silo(_ours.Issue("somebody")), Token);
        Assert.Equal(2, code);
        Assert.Contains("AccountGrid:Cluster:Tls:Certificate does not carry the name accountgrid-silo", output,
            StringComparison.Ordinal);
        await using var gateway = Gateway(_ours.Issue("somebody"));
        Assert.Equal(2, await gateway.WaitForExitAsync(Token));
        Assert.Contains(
            "AccountGrid:Cluster:Tls:Certificate does not carry the name", gateway.Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// What programs of other makes may try at the silo's port, and that a silo's certificate is what opens it.
    /// </summary>
    private async Task StrangersAtTheDoorAsync(int port, SiloProcess[] silos)
    {
        Assert.False(await IsLetInAsync(port, null));
        await RefusedAsync(silos, "it shows no certificate");
        Assert.False(await IsLetInAsync(port, _ours.Issue("accountgrid-gateway")));
        await RefusedAsync(silos, "CN=accountgrid-gateway does not carry the name accountgrid-silo");
        Assert.False(await IsLetInAsync(port, _ours.Issue("accountgrid-silo", isExpired: true)));
        await RefusedAsync(silos, "NotTimeValid");
        Assert.True(await IsLetInAsync(port, _ours.Issue("accountgrid-silo")));
    }

    /// <summary>
    /// Whether the silo speaks first after the handshake, as it does to those it takes for silos; whoever is refused
    /// reads the end.
    /// </summary>
    private static async Task<bool> IsLetInAsync(int port, TlsSettings? shown)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port, Token);
        await using var tls = new SslStream(connection.GetStream());
        using var certificate =
            shown is null ? null : X509Certificate2.CreateFromPemFile(shown.Certificate!, shown.Key);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "accountgrid-silo",
                    ClientCertificateContext = certificate is null
                        ? null
                        : SslStreamCertificateContext.Create(certificate, null, offline: true),
                    RemoteCertificateValidationCallback = static (_, shown, _, _) =>
                        shown is X509Certificate2 silo && silo.MatchesHostname("accountgrid-silo"),
                },
                Token);
            return await tls.ReadAsync(new byte[1], Token) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task ServesAsync(HttpClient shop, int from)
    {
        for (var id = from; id < from + 8; id++)
        {
            await Requests.SendAsync(
                shop, "/v1/accounts", new { id = $"{id}", handle = $"user_{id}", requestId = $"new-{id}" });
            await Requests.SendAsync(shop, $"/v1/accounts/{id}:deactivate",
                new { reason = "OWNER_REQUEST", owner = true, requestId = $"down-{id}" });
        }
    }

    /// <summary>
    /// Waits until one of the silos has logged that it refused somebody, for a reason that holds one of these.
    /// </summary>
    private static async Task RefusedAsync(SiloProcess[] silos, params string[] reasons)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(120));
        try
        {
            await await Task.WhenAny(silos.Select(silo => silo.WaitForLineAsync(
                line => line.Contains("was refused", StringComparison.Ordinal)
                    && reasons.All(r => line.Contains(r, StringComparison.Ordinal)), patience.Token)));
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail(
                $"No silo refused anybody for {string.Join(", ", reasons)}. They said:\n{string.Join('\n', silos.SelectMany(static s => s.Output))}");
        }
    }

    private SiloProcessOptions Silo(TlsSettings tls, params string[] arguments) => new()
    {
        DataDirectory = _keys.FullPath,
        Arguments = ["--gateway-port", "0", .. arguments],
        Environment = Environment(tls).Append(new("ACCOUNTGRID__POSTGRES", Database)).ToDictionary(),
    };

    private GatewayProcess Gateway(TlsSettings tls) =>
        new(new GatewayProcessOptions
        {
            DataDirectory = _keys.FullPath,
            Postgres = Database,
            Environment = Environment(tls),
        });

    private string Database => _server?.ConnectionString() ?? "Host=127.0.0.1;Database=none";

    private static Dictionary<string, string> Environment(TlsSettings tls) => new (string Name, string? Value)[]
    {
        ("CERTIFICATE", tls.Certificate), ("KEY", tls.Key), ("AUTHORITY", tls.Authority), ("SILONAME",
            tls.SiloName), ("GATEWAYNAME", tls.GatewayName),
    }.Where(static s => s.Value is not null).ToDictionary(
        static s => "ACCOUNTGRID__CLUSTER__TLS__" + s.Name, static s => s.Value!);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
