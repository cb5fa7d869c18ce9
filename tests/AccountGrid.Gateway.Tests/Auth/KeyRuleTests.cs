using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Testing;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Tests.Auth;

/// <summary>Weak and contrary keys, and tokens with odd headers, are refused and named in the log.</summary>
public sealed class KeyRuleTests
{
    private static readonly string[] Accepted = ["ES256", "ES384", "RS256", "PS256"];

    public sealed class A_key : IDisposable
    {
        private readonly SigningKey _companion = new("companion");

        public void Dispose() => _companion.Dispose();

        [Theory]
        [InlineData("use", "sig")]
        [InlineData("alg", "RS256")]
        [InlineData("key_ops", "verify")]
        public void Is_usable_when_its_members_say_that_it_verifies(string member, string value)
        {
            using var key = SigningKey.Rsa("k").With(member, member == "key_ops" ? new[] { value } : value);
            IsUsable(key);
        }

        [Theory]
        [InlineData("use", "enc", "has a use other than sig")]
        [InlineData("use", "tls", "has a use other than sig")]
        [InlineData("key_ops", "encrypt", "has key_ops without verify")]
        [InlineData("key_ops", "sign", "has key_ops without verify")]
        [InlineData("alg", "ES256", "has an alg that does not fit its kty or crv")]
        [InlineData("alg", "HS256", "has an alg that does not fit its kty or crv")]
        [InlineData("alg", "RSA-OAEP", "has an alg that does not fit its kty or crv")]
        [InlineData("alg", "RS512", "fits none of the accepted algorithms")]
        [InlineData("kty", "oct", "is of a kty or crv that is not accepted")]
        [InlineData("kty", "OKP", "is of a kty or crv that is not accepted")]
        [InlineData("kid", "", "has no kid, by which tokens could name it")]
        [InlineData("e", "AQ", "is not a valid RSA key")]
        [InlineData("e", "AQAA", "is not a valid RSA key")]
        [InlineData("n", "!", "is not a valid RSA key")]
        public void Is_refused_by_a_member_that_contradicts_its_use(string member, string value, string rule)
        {
            using var key = SigningKey.Rsa("k").With(member, member == "key_ops" ? new[] { value } : value);
            IsRefused(key, rule);
        }

        [Theory]
        [InlineData(512), InlineData(1024), InlineData(2040)]
        public void Is_refused_with_an_RSA_modulus_under_2048_bits(int bits)
        {
            using var key = SigningKey.Rsa("k", bits);
            IsRefused(key, "is an RSA key of fewer than 2048 bits");

            // The library takes the length of the text for the length of the key.
            var modulus = Base64UrlEncoder.DecodeBytes((string)key.Jwk["n"]);
            key.With("n", Base64UrlEncoder.Encode([.. new byte[256 - modulus.Length], .. modulus]));
            IsRefused(key, "is an RSA key of fewer than 2048 bits");
        }

        [Fact]
        public void Is_refused_off_its_curve_and_with_the_algorithm_of_another_curve()
        {
            using var key = new SigningKey("k");
            IsUsable(key);
            IsRefused(new SigningKey("k").With("alg", "ES384"), "has an alg that does not fit its kty or crv");
            IsRefused(new SigningKey("k").With("crv", "secp256k1"), "is of a kty or crv that is not accepted");
            IsRefused(key.With("y", key.Jwk["x"]), "is not a point on its curve");
        }

        [Fact]
        public void Is_the_one_in_the_set_whatever_certificate_stands_beside_it()
        {
            using var key = SigningKey.Rsa("k").With("x5c", new[] { "MIIB" });
            Assert.Empty(IsUsable(key).X5c);
        }

        /// <summary>A set of this key after a good one, because a set without any is no set.</summary>
        private KeySet Parse(SigningKey key) => KeySet.Parse(SigningKey.SetOf(_companion, key), Accepted);

        private JsonWebKey IsUsable(SigningKey key)
        {
            var keys = Parse(key);
            Assert.Empty(keys.Refused);
            Assert.Equal(2, keys.Usable.Length);
            return keys.Usable[1];
        }

        private void IsRefused(SigningKey key, string rule)
        {
            var keys = Parse(key);
            Assert.Single(keys.Usable);
            Assert.Equal(rule, Assert.Single(keys.Refused).Rule);
        }
    }

    public sealed class A_token(KeyRuleTests.Keys keys) : IClassFixture<Keys>
    {
        [Theory]
        [InlineData("JWT"), InlineData("jwt"), InlineData("at+jwt"), InlineData("application/at+jwt"), InlineData("")]
        public async Task Is_accepted_with_the_types_of_access_tokens(string type) =>
            Assert.Equal("NOT_FOUND", await keys.ReasonAsync(keys.Good, null, Header("typ", type)));

        [Theory]
        [InlineData("dpop+jwt"), InlineData("logout+jwt"), InlineData("JOSE")]
        public Task Is_refused_with_another_type(string type) =>
            IsRefusedAsync(keys.Good, "typ", null, Header("typ", type));

        [Fact]
        public Task Is_refused_with_an_extension_that_is_not_understood() =>
            IsRefusedAsync(keys.Good, "crit", null, Header("crit", new[] { "b64" }));

        [Fact]
        public Task Is_refused_with_the_algorithm_of_another_curve() =>
            IsRefusedAsync(keys.Good, "algorithm that does not fit its key", "ES384");

        [Fact]
        public Task Is_refused_with_another_algorithm_than_its_key_is_for() =>
            IsRefusedAsync(keys.OnlyPss, "algorithm that does not fit its key", "RS256");

        [Fact]
        public async Task Is_accepted_with_the_algorithm_that_its_key_is_for() =>
            Assert.Equal("NOT_FOUND", await keys.ReasonAsync(keys.OnlyPss, "PS256"));

        [Fact]
        public async Task Is_refused_by_a_weak_or_contrary_key_which_the_log_names()
        {
            foreach (var key in keys.Refused)
            {
                Assert.Equal("UNAUTHENTICATED", await keys.ReasonAsync(key));
                Assert.Contains(
                    keys.Host.Logs.Lines, l => l.Contains($"The key '{key.Jwk["kid"]}'", StringComparison.Ordinal));
            }
        }

        private static Dictionary<string, object> Header(string name, object value) => new() { [name] = value };

        private async Task IsRefusedAsync(
            SigningKey key, string rule, string? algorithm, IReadOnlyDictionary<string, object>? header = null)
        {
            var token = key.Mint(KeyFileHost.Issuer, algorithm, header);
            using var caller = new Wire(keys.Host, token);
            var error = await caller.GetErrorAsync("/v1/accounts/1");
            Assert.Equal("UNAUTHENTICATED", error.Reason);
            Assert.Contains(rule, error.Message, StringComparison.Ordinal);
            Assert.Contains(
                keys.Host.Logs.Lines,
                l => l.Contains($"names the key '{key.Jwk["kid"]}'", StringComparison.Ordinal)
                    && l.Contains(rule, StringComparison.Ordinal));
            Assert.DoesNotContain(
                keys.Host.Logs.Lines,
                l => l.Contains(token.Split('.')[2], StringComparison.Ordinal)
                    || l.Contains(token.Split('.')[0], StringComparison.Ordinal));
        }
    }

    public sealed class A_provider
    {
        [Fact]
        public async Task Opens_by_its_strong_keys_only()
        {
            using var good = SigningKey.Rsa("good");
            using var weak = SigningKey.Rsa("weak", 1024);
            await using var issuer = await TestIssuer.StartAsync(SigningKey.SetOf(good, weak));
            await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
            {
                Gateway = options =>
                {
                    options.Auth.DevelopmentKeyFile = null;
                    options.Auth.EnrollOnFirstUse = false;
                    options.Auth.Authority = issuer.Url;
                },
            });
            using var accepted = new Wire(host, good.Mint(issuer.Url));
            using var refused = new Wire(host, weak.Mint(issuer.Url));
            Assert.Equal("NOT_FOUND", (await accepted.GetErrorAsync("/v1/accounts/1")).Reason);
            Assert.Equal("UNAUTHENTICATED", (await refused.GetErrorAsync("/v1/accounts/1")).Reason);
            Assert.Contains(
                host.Logs.Lines,
                l => l.Contains("'weak'", StringComparison.Ordinal)
                    && l.Contains("fewer than 2048 bits", StringComparison.Ordinal));
        }
    }

    /// <summary>A gateway over a key set with good and bad keys.</summary>
    public sealed class Keys : IAsyncLifetime
    {
        private readonly TempDirectory _directory = new();

        public SigningKey Good { get; } = new("good");

        public SigningKey OnlyPss { get; } = SigningKey.Rsa("only-pss").With("alg", "PS256");

        public IReadOnlyList<SigningKey> Refused { get; } =
        [
            SigningKey.Rsa("rsa-512", 512), SigningKey.Rsa("rsa-1024", 1024),
            SigningKey.Rsa("alg").With("alg", "ES256"), SigningKey.Rsa("use").With("use", "tls"),
            SigningKey.Rsa("ops").With("key_ops", new[] { "encrypt" }),
        ];

        public GatewayHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            SigningKey.Replace(_directory.File("jwks.json"), SigningKey.SetOf([Good, OnlyPss, .. Refused]));
            Host = await KeyFileHost.StartAsync(_directory);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            _directory.Dispose();
            Good.Dispose();
            OnlyPss.Dispose();
            foreach (var key in Refused)
            {
                key.Dispose();
            }
        }

        public async Task<string> ReasonAsync(
            SigningKey key, string? algorithm = null, IReadOnlyDictionary<string, object>? header = null)
        {
            using var caller = new Wire(Host, key.Mint(KeyFileHost.Issuer, algorithm, header));
            return (await caller.GetErrorAsync("/v1/accounts/1")).Reason;
        }
    }
}
