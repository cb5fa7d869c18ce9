namespace AccountGrid.Gateway.Tests.Input;

public sealed class OptionTests
{
    private readonly GatewayOptions _options = new() { Auth = { DevelopmentKeyFile = "key.pem" } };

    [Fact]
    public void The_defaults_are_valid_with_one_source_of_keys() =>
        Assert.True(new GatewayOptionsValidator().Validate(null, _options).Succeeded);

    [Fact]
    public void No_source_of_keys_is_refused() =>
        IsRefused("Gateway:Auth needs exactly one", o => o.Auth.DevelopmentKeyFile = null);

    [Fact]
    public void Two_sources_of_keys_are_refused() =>
        IsRefused("Gateway:Auth needs exactly one", o => o.Auth.Authority = "https://id.example");

    [Fact]
    public void A_key_set_file_needs_its_issuer() =>
        IsRefused("Gateway:Auth:Issuer", o => (o.Auth.DevelopmentKeyFile, o.Auth.JwksFile) = (null, "jwks.json"));

    [Fact]
    public void A_provider_speaks_https() =>
        IsRefused("Gateway:Auth:Authority",
            o => (o.Auth.DevelopmentKeyFile, o.Auth.Authority) = (null, "http://id.example"));

    [Fact]
    public void A_symmetric_algorithm_is_refused() =>
        IsRefused("Gateway:Auth:Algorithms", o => o.Auth.Algorithms.Add("HS256"));

    [Fact]
    public void Enrolling_on_first_use_is_for_the_development_key() =>
        IsRefused("Gateway:Auth:EnrollOnFirstUse",
            o => (o.Auth.DevelopmentKeyFile, o.Auth.Authority, o.Auth.EnrollOnFirstUse) =
                (null, "https://id.example", true));

    [Fact]
    public void Limits_have_ranges()
    {
        IsRefused("Gateway:Limits:MaxBodyBytes", o => o.Limits.MaxBodyBytes = 0);
        IsRefused("Gateway:Limits:RequestTimeout", o => o.Limits.RequestTimeout = TimeSpan.Zero);
        IsRefused("Gateway:Limits:RequestsPerSecond", o => o.Limits.RequestsPerSecond = -1);
        IsRefused("Gateway:Limits:Heartbeat", o => o.Limits.Heartbeat = TimeSpan.FromMinutes(1));
        IsRefused("Gateway:Limits:IngestBatch", o => o.Limits.IngestBatch = 1_000_001);
        IsRefused("Gateway:Limits:IngestCallsInFlight", o => o.Limits.IngestCallsInFlight = 0);
        IsRefused("Gateway:Auth:ClockSkew", o => o.Auth.ClockSkew = TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("KeyRefresh", 10, 240)]
    [InlineData("UnknownKeyInterval", 1, 300)]
    [InlineData("LastKnownGood", 60, 86_400)]
    public void Times_of_a_providers_keys_have_ranges(string setting, int least, int most)
    {
        foreach (var (seconds, isAccepted) in new[]
        {
            (least - 1, false), (least, true), (most, true), (most + 1, false),
        })
        {
            var time = TimeSpan.FromSeconds(seconds);
            var auth = new GatewayAuthOptions { Authority = "https://id.example" };
            _ = setting switch
            {
                "KeyRefresh" => auth.KeyRefresh = time,
                "UnknownKeyInterval" => auth.UnknownKeyInterval = time,
                _ => auth.LastKnownGood = time,
            };
            var result = new GatewayOptionsValidator().Validate(null, new GatewayOptions { Auth = auth });
            Assert.Equal(isAccepted, result.Succeeded);
            Assert.Equal(
                isAccepted ? 0 : 1,
                (result.Failures ?? []).Count(f => f.StartsWith($"Gateway:Auth:{setting}", StringComparison.Ordinal)));
        }
    }

    private static void IsRefused(string setting, Action<GatewayOptions> change)
    {
        var options = new GatewayOptions { Auth = { DevelopmentKeyFile = "key.pem" } };
        change(options);
        var result = new GatewayOptionsValidator().Validate(null, options);
        Assert.Contains(result.Failures!, failure => failure.StartsWith(setting, StringComparison.Ordinal));
    }
}
