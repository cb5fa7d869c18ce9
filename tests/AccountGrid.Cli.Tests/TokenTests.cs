using System.Security.Cryptography;
using AccountGrid.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Cli.Tests;

public sealed class TokenTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TempDirectory _data = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TokenTests()
    {
        File.WriteAllText(KeyFile, _key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private string KeyFile => _data.File(DevelopmentKey.FileName);

    [Fact]
    public async Task Holds_against_the_public_key_for_as_long_as_asked()
    {
        var token = await MintAsync("--as", "kim", "--roles", "support,approver", "--ttl", "90m");
        using var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(_key.ExportSubjectPublicKeyInfo(), out _);
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(
            token, new TokenValidationParameters
            {
                ValidIssuer = "accountgrid-dev",
                ValidAudience = "accountgrid",
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                TryAllIssuerSigningKeys = false,
                IssuerSigningKey = new ECDsaSecurityKey(publicKey) { KeyId = TestTokens.KeyId(_key) },
            });
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal("kim", result.ClaimsIdentity.FindFirst("sub")!.Value);
        Assert.Equal(["support", "approver"], result.ClaimsIdentity.FindAll("roles").Select(c => c.Value));
        var jwt = (JsonWebToken)result.SecurityToken;
        Assert.Equal(TimeSpan.FromMinutes(90), jwt.ValidTo - jwt.ValidFrom);
        Assert.Equal("ES256", jwt.Alg);
    }

    [Fact]
    public async Task Keeps_a_single_role_a_list()
    {
        var jwt = new JsonWebToken(await MintAsync("--as", "kim", "--roles", "service"));
        Assert.True(jwt.TryGetPayloadValue<string[]>("roles", out var roles));
        Assert.Equal(["service"], roles);
    }

    [Fact]
    public async Task Prints_nothing_but_the_token()
    {
        var result =
            (await Runner.RunAsync("token", "--as", "kim", "--roles", "support", "--data", _data.FullPath)).Expect(
                ExitCode.Ok);
        Assert.Equal(2, Assert.Single(result.Lines).Count(c => c == '.'));
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Says_in_json_when_it_ends()
    {
        var result =
            (await Runner.RunAsync(
                "token", "--as", "kim", "--roles", "support", "--data", _data.FullPath, "--json")).Expect(ExitCode.Ok);
        Assert.Equal(Now.AddHours(1).UtcDateTime, result.Json["expiresAt"]!.GetValue<DateTime>().ToUniversalTime());
        Assert.NotEmpty(result.Json["token"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_a_key_says_where_it_looked()
    {
        using var empty = new TempDirectory();
        var result =
            (await Runner.RunAsync("token", "--as", "kim", "--roles", "support", "--data", empty.FullPath)).Expect(
                ExitCode.NotFound);
        Assert.Contains(empty.File(DevelopmentKey.FileName), result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_broken_key_says_so_and_prints_none_of_it()
    {
        File.WriteAllText(KeyFile, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXN0dWZm\n-----END PRIVATE KEY-----");
        var result =
            (await Runner.RunAsync("token", "--as", "kim", "--roles", "support", "--data", _data.FullPath)).Expect(
                ExitCode.Usage);
        Assert.DoesNotContain("c2VjcmV0", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_that_others_can_read_warns()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are of Unix");
            return;
        }

        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var result =
            (await Runner.RunAsync("token", "--as", "kim", "--roles", "support", "--data", _data.FullPath)).Expect(
                ExitCode.Ok);
        Assert.Contains("chmod 600", result.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _data.Dispose();
    }

    private static CliRunner Runner => new() { Clock = new FakeTimeProvider(Now) };

    private async Task<string> MintAsync(params string[] args) =>
        (await Runner.RunAsync(["token", "--data", _data.FullPath, .. args])).Expect(ExitCode.Ok).Lines[0];
}
