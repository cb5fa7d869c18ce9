using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>Requests from other machines: only where whoever sends them is known by real keys.</summary>
public sealed class AddressTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0", "Gateway:Address must be a loopback address unless real keys are configured")]
    [InlineData("::", "Gateway:Address must be a loopback address unless real keys are configured")]
    [InlineData("everywhere", "Gateway:Address must be an IP address")]
    public async Task Without_real_keys_any_but_a_loopback_address_is_refused(string address, string expected)
    {
        using var data = new TempDirectory();
        var (code, output) = await SiloProcess.RunToEndAsync(
            new SiloProcessOptions { DataDirectory = data.File("never-made"), Arguments = ["--address", address] },
            Token);
        Assert.True(code == 2, output);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data.File("never-made")));
    }

    [Fact]
    public async Task With_real_keys_every_address_answers_and_nobody_is_believed_without_a_token()
    {
        using var keys = new TempDirectory();
        await File.WriteAllTextAsync(keys.File("jwks.json"), KeySet(), Token);
        await using var silo = SiloProcess.Begin(new SiloProcessOptions
        {
            DataDirectory = keys.File("data"),
            Arguments = ["--address", "0.0.0.0"],
            Environment = new Dictionary<string, string>
            {
                ["ACCOUNTGRID__GATEWAY__AUTH__JWKSFILE"] = keys.File("jwks.json"),
                ["ACCOUNTGRID__GATEWAY__AUTH__ISSUER"] = "https://id.example",
            },
        });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var address = new Uri(await silo.WaitForValueAsync("HTTP", patience.Token));
        Assert.Equal("0.0.0.0", address.Host);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{address.Port}") };
        using var answer = await client.GetAsync(new Uri("/v1/accounts/1", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(File.Exists(Path.Combine(keys.File("data"), "dev-signing-key.pem")));
    }

    private static string KeySet()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.Serialize(
            new
            {
                keys = new[] { new { kty = "EC", crv = "P-256", kid = "k1", alg = "ES256", use = "sig",
                x = Text(point.X!), y = Text(point.Y!) } }
            });
    }

    private static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
