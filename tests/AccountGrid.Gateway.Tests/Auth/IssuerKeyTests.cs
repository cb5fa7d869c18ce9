using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Gateway.Tests.Auth;

/// <summary>When the keys of an OpenID provider over HTTP are read, replaced, and no longer believed.</summary>
public sealed class IssuerKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // With the library's defaults a withdrawn key was honoured for hours.
    [Fact]
    public async Task A_withdrawn_key_is_out_when_the_keys_are_as_old_as_they_may_get()
    {
        await using var bench = await Bench.StartAsync();
        bench.Issuer.Keys = SigningKey.SetOf(bench.One, bench.Two);
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        bench.Issuer.Keys = SigningKey.SetOf(bench.Two);
        bench.Clock.Advance(new GatewayAuthOptions().KeyRefresh);
        Assert.True(await bench.Keys.PrepareAsync("two", Token));
        Assert.Equal(["two"], await bench.KeyIdsAsync());
    }

    [Fact]
    public async Task Keys_are_read_once_for_all_tokens_that_wait_and_not_again_while_they_are_young()
    {
        await using var bench = await Bench.StartAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => bench.Keys.PrepareAsync("one", Token).AsTask()));
        Assert.All(answers, Assert.True);
        bench.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        Assert.Equal(1, bench.Issuer.Asked);
    }

    [Fact]
    public async Task Half_way_keys_are_read_anew_without_a_wait()
    {
        await using var bench = await Bench.StartAsync();
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        bench.Issuer.Keys = SigningKey.SetOf(bench.One, bench.Two);
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        await Eventually.TrueAsync(async () => (await bench.KeyIdsAsync()).Count() == 2, "the keys were read anew");
    }

    [Fact]
    public async Task An_unknown_key_is_asked_for_at_once_and_at_a_bounded_rate()
    {
        await using var bench = await Bench.StartAsync();
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        bench.Issuer.Keys = SigningKey.SetOf(bench.One, bench.Two);
        Assert.True(await bench.Keys.PrepareAsync("two", Token));
        Assert.Equal(["one", "two"], await bench.KeyIdsAsync());
        Assert.Equal(2, bench.Issuer.Asked);

        for (var i = 0; i < 100; i++)
        {
            Assert.True(await bench.Keys.PrepareAsync($"no-such-key-{i}", Token));
        }

        Assert.Equal(2, bench.Issuer.Asked);
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await bench.Keys.PrepareAsync("no-such-key", Token));
        Assert.True(await bench.Keys.PrepareAsync("no-such-key", Token));
        Assert.Equal(3, bench.Issuer.Asked);
    }

    [Fact]
    public async Task While_the_provider_is_away_the_last_good_keys_serve_until_their_limit()
    {
        await using var bench = await Bench.StartAsync();
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        await bench.Issuer.StopAsync();
        var failed = await KeyDocuments.CountAsync("failed");

        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        Assert.True(bench.Keys.IsStale);
        Assert.True(await KeyDocuments.CountAsync("failed") > failed);
        Assert.Contains("Cannot read signing keys", Assert.Single(bench.Logs.Lines), StringComparison.Ordinal);

        // It may be a new one, so that nothing can be said of the token.
        Assert.False(await bench.Keys.PrepareAsync("two", Token));

        bench.Clock.Advance(TimeSpan.FromMinutes(57));
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await bench.Keys.PrepareAsync("one", Token));
        Assert.Single(bench.Logs.Lines);

        await bench.Issuer.StartAsync();
        bench.Clock.Advance(IssuerKeys.RetryDelay);
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        Assert.False(bench.Keys.IsStale);
    }

    [Theory]
    [MemberData(nameof(KeyDocuments.Bad), MemberType = typeof(KeyDocuments))]
    public async Task A_bad_key_set_replaces_nothing_and_is_logged_and_counted(string document, string why)
    {
        await using var bench = await Bench.StartAsync();
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        var refused = await KeyDocuments.CountAsync("refused");
        bench.Issuer.Keys = document;
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        Assert.Equal(["one"], await bench.KeyIdsAsync());
        Assert.True(bench.Keys.IsStale);
        Assert.True(await KeyDocuments.CountAsync("refused") > refused);
        Assert.Contains(why, Assert.Single(bench.Logs.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ no JSON")]
    [InlineData("{}")]
    [InlineData("""{"issuer":"https://id.example"}""")]
    [InlineData("""{"jwks_uri":"http://127.0.0.1:1/jwks"}""")]
    public async Task A_bad_discovery_document_replaces_nothing(string document)
    {
        await using var bench = await Bench.StartAsync();
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        bench.Issuer.Discovery = document;
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await bench.Keys.PrepareAsync("one", Token));
        Assert.True(bench.Keys.IsStale);
        Assert.Contains("discovery document", Assert.Single(bench.Logs.Lines), StringComparison.Ordinal);
    }

    /// <summary>A provider, and the keys that are read from it.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly ILoggerFactory _factory;

        private Bench(TestIssuer issuer, SigningKey one)
        {
            (Issuer, One) = (issuer, one);
            _factory = LoggerFactory.Create(builder => builder.AddProvider(Logs));
            Keys = new IssuerKeys(
                new GatewayAuthOptions { Authority = issuer.Url }, ["ES256", "RS256"], Clock,
                new RefusalLog(Clock, _factory.CreateLogger<RefusalLog>()), _factory.CreateLogger<IssuerKeys>());
        }

        public TestIssuer Issuer { get; }

        public SteppedClock Clock { get; } = new();

        public LogShelf Logs { get; } = new();

        public IssuerKeys Keys { get; }

        public SigningKey One { get; }

        public SigningKey Two { get; } = new("two");

        public static async Task<Bench> StartAsync()
        {
            var one = new SigningKey("one");
            return new Bench(await TestIssuer.StartAsync(one.Jwks), one);
        }

        public async Task<IEnumerable<string>> KeyIdsAsync() =>
            (await Keys.GetConfigurationAsync(Token)).SigningKeys.Select(static key => key.KeyId);

        public async ValueTask DisposeAsync()
        {
            Keys.Dispose();
            await Issuer.DisposeAsync();
            _factory.Dispose();
            One.Dispose();
            Two.Dispose();
        }
    }
}
