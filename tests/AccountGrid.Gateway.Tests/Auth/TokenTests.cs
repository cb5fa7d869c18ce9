using System.Security.Cryptography;
using System.Text;
using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Testing;
using Grpc.Core;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Tests.Auth;

public sealed class TokenTests(SharedGateway gateway)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public sealed class A_bad_token(SharedGateway gateway)
    {
        private readonly TokenMint _mint = gateway.Host.Tokens;

        [Fact]
        public Task None_at_all() => IsRefusedAsync(null, "A bearer token is required.");

        [Fact]
        public Task Garbage() => IsRefusedAsync("garbage", "The token is not valid.");

        [Fact]
        public Task Expired() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Expires = Now.AddMinutes(-1) }), "The token has expired.");

        [Fact]
        public Task Not_yet_valid() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { NotBefore = Now.AddMinutes(5) }), "The token is not valid yet.");

        [Fact]
        public Task Without_an_end() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Expires = null }), "The token has no expiry.");

        [Fact]
        public Task For_another_audience() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Audience = "others" }), "The token's audience is not accepted.");

        [Fact]
        public Task Without_an_audience() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Audience = null }), "The token's audience is not accepted.");

        [Fact]
        public Task By_another_issuer() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Issuer = "others" }), "The token's issuer is not accepted.");

        [Fact]
        public Task Unsigned() => IsRefusedAsync(WithoutSignature("none"), "The token");

        [Fact]
        public Task Signed_by_HMAC_with_the_public_key()
        {
            var head = WithoutSignature("HS256")[..^1];
            var mac = HMACSHA256.HashData(
                Encoding.ASCII.GetBytes(_mint.Key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(head));
            return IsRefusedAsync($"{head}.{Base64UrlEncoder.Encode(mac)}", "The token");
        }

        [Fact]
        public Task With_an_unknown_kid() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { KeyId = "0123456789abcdef" }), "The token's key is not known.");

        [Fact]
        public Task Signed_by_another_key_under_our_kid()
        {
            using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var key = new ECDsaSecurityKey(other)
            {
                KeyId = TestTokens.KeyId(_mint.Key),
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            };
            return IsRefusedAsync(
                _mint.Mint(new TokenOrder
                {
                    Credentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
                }), "The token's signature is not valid.");
        }

        [Fact]
        public Task Of_100_KB() => IsRefusedAsync(
            _mint.Mint(new TokenOrder
            {
                Claims = new Dictionary<string, object> { ["padding"] = new string('x', 75_000) },
            }), "The token is longer than 8192 characters.");

        [Fact]
        public Task Without_a_subject() =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Subject = null }), "The token has no usable subject");

        [Theory]
        [InlineData("two words")]
        [InlineData("\u202Emik")]
        [InlineData("a\0b")]
        [InlineData("-kim")]
        public Task With_a_subject_that_no_journal_should_hold(string subject) =>
            IsRefusedAsync(_mint.Mint(new TokenOrder { Subject = subject }), "The token has no usable subject");

        private async Task IsRefusedAsync(string? token, string message)
        {
            var id = await gateway.RegisterAsync();
            using var caller = new Wire(gateway.Host, token);
            foreach (var error in new[]
            {
                await Wire.ErrorAsync(caller.Accounts.GetAccountAsync(new() { Id = id }, Wire.Options)),
                await Wire.ErrorAsync(
                    caller.Accounts.DeactivateAccountAsync(
                        new() { Id = id, Reason = "SPAM", Owner = true }, Wire.Options)),
                await caller.GetErrorAsync($"/v1/accounts/{id}"),
                await caller.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", owner = true }),
                await caller.PostErrorAsync("/v1/followers:ingest", "{}", "application/x-ndjson"),
                await caller.GetErrorAsync("/v1/events"),
                await caller.GetErrorAsync("/nowhere"),
            })
            {
                Assert.Equal("UNAUTHENTICATED", error.Reason);
                Assert.Equal(StatusCode.Unauthenticated, error.Code);
                Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
            }

            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }

        private static string WithoutSignature(string algorithm)
        {
            var header = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""");
            var payload = Base64UrlEncoder.Encode(
                $$"""{"iss":"accountgrid-dev","aud":"accountgrid","sub":"web","roles":["service"],"exp":{{Now.AddHours(1).ToUnixTimeSeconds()}}}""");
            return $"{header}.{payload}.";
        }
    }

    [Fact]
    public async Task Clocks_may_differ_by_half_a_minute_on_both_ends()
    {
        var mint = gateway.Host.Tokens;
        var id = await gateway.RegisterAsync();

        // Not the instant at which the tests began, which may be half a minute ago.
        var now = TimeProvider.System.GetUtcNow();
        foreach (var order in new[]
        {
            new TokenOrder { Expires = now.AddSeconds(-1) }, new TokenOrder { NotBefore = now.AddSeconds(10) },
        })
        {
            using var caller = new Wire(gateway.Host, mint.Mint(order));
            Assert.Equal(id, (await caller.Accounts.GetAccountAsync(new() { Id = id }, Wire.Options)).Id);
        }
    }

    [Fact]
    public async Task A_token_that_was_good_a_moment_ago_is_refused_once_it_has_expired()
    {
        await using var host = await GatewayHost.StartAsync();
        using var caller =
            new Wire(host, host.Tokens.Mint(new TokenOrder { Expires = host.Clock.GetUtcNow().AddMinutes(10) }));
        Assert.Equal("NOT_FOUND", (await caller.GetErrorAsync("/v1/accounts/1")).Reason);
        Assert.Equal("NOT_FOUND", (await caller.GetErrorAsync("/v1/accounts/1")).Reason);
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("The token has expired.", (await caller.GetErrorAsync("/v1/accounts/1")).Message);
    }

    [Fact]
    public async Task Nothing_of_a_token_reaches_the_log()
    {
        var token = gateway.Host.Tokens.Mint(new TokenOrder { Subject = "log-me-not", Expires = Now.AddMinutes(-5) });
        using var caller = new Wire(gateway.Host, token);
        await caller.GetErrorAsync("/v1/accounts/1");
        Assert.DoesNotContain(
            gateway.Host.Logs.Lines,
                line => line.Contains(token[^40..], StringComparison.Ordinal)
                    || line.Contains("log-me-not", StringComparison.Ordinal));
    }

    [Fact]
    public void The_development_key_is_for_its_owner_only()
    {
        using var directory = new TempDirectory();
        var path = directory.File("key.pem");
        var made = Gateway.Auth.DevelopmentKey.LoadOrCreate(path);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Equal(made.KeyId, Gateway.Auth.DevelopmentKey.LoadOrCreate(path).KeyId);
    }

    // The mode was set when the key was created, and not looked at again when it was read.
    [Theory]
    [InlineData(UnixFileMode.GroupRead), InlineData(UnixFileMode.OtherRead), InlineData(UnixFileMode.OtherWrite)]
    public async Task A_development_key_that_others_may_use_stops_the_start(UnixFileMode right)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        using var directory = new TempDirectory();
        var path = directory.File("key.pem");
        _ = Gateway.Auth.DevelopmentKey.LoadOrCreate(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | right);
        }

        var failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => GatewayHost.StartAsync(new GatewayHostOptions { Gateway = o => o.Auth.DevelopmentKeyFile = path }));

        Assert.Equal($"{path} may be read by others: its mode must be 0600.", failure.Message);
    }

    [Fact]
    public void A_file_without_a_development_key_is_refused_and_nothing_of_it_is_told()
    {
        using var directory = new TempDirectory();
        using var rsa = RSA.Create(2048);
        var path = directory.File("key.pem");
        File.WriteAllText(path, rsa.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var failure = Assert.Throws<InvalidDataException>(() => Gateway.Auth.DevelopmentKey.LoadOrCreate(path));

        Assert.Equal($"{path} holds no P-256 private key in PEM.", failure.Message);
    }
}
