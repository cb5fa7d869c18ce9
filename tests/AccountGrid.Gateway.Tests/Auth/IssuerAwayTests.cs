using System.Net;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGrid.Gateway.Tests.Auth;

/// <summary>What callers and probes see of a gateway whose OpenID provider does not answer.</summary>
public sealed class IssuerAwayTests
{
    // Good tokens were answered 401 "issuer is not accepted", and readiness said 200.
    [Fact]
    public async Task Without_known_keys_a_token_is_answered_503_with_a_delay_and_readiness_says_so()
    {
        using var key = new SigningKey("one");
        await using var issuer = await TestIssuer.StartAsync(key.Jwks);
        await issuer.StopAsync();
        var clock = new SteppedClock();
        await using var host = await StartAsync(issuer, clock);
        var token = key.Mint(issuer.Url);
        using var caller = new Wire(host, token);
        using var http = host.CreateHttpClient(token);

        foreach (var address in new[] { "/v1/accounts/1", "/nowhere" })
        {
            using var answer = await http.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(IssuerKeys.RetryDelay, answer.Headers.RetryAfter?.Delta);
            Assert.Empty(answer.Headers.WwwAuthenticate);
        }

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => caller.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal(
            IssuerKeys.RetryDelay, failure.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/live"));

        // Nothing has to be known to refuse a request without a token.
        using var stranger = new Wire(host, null);
        Assert.Equal("UNAUTHENTICATED", (await stranger.GetErrorAsync("/v1/accounts/1")).Reason);

        await issuer.StartAsync();
        clock.Advance(IssuerKeys.RetryDelay);
        Assert.Equal("NOT_FOUND", (await caller.GetErrorAsync("/v1/accounts/1")).Reason);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/ready"));
    }

    [Fact]
    public async Task With_known_keys_tokens_are_verified_until_the_limit()
    {
        using var key = new SigningKey("one");
        await using var issuer = await TestIssuer.StartAsync(key.Jwks);
        var clock = new SteppedClock();
        await using var host = await StartAsync(issuer, clock);
        Assert.Equal("NOT_FOUND", await ReasonAsync());
        await issuer.StopAsync();

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("NOT_FOUND", await ReasonAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/ready"));

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("STORAGE_UNAVAILABLE", await ReasonAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "/health/ready"));

        async Task<string> ReasonAsync()
        {
            using var caller = new Wire(host, key.Mint(issuer.Url, now: clock.GetUtcNow()));
            return (await caller.GetErrorAsync("/v1/accounts/1")).Reason;
        }
    }

    private static Task<GatewayHost> StartAsync(TestIssuer issuer, SteppedClock clock) =>
        GatewayHost.StartAsync(new GatewayHostOptions
        {
            Gateway = options =>
            {
                options.Auth.DevelopmentKeyFile = null;
                options.Auth.EnrollOnFirstUse = false;
                options.Auth.Authority = issuer.Url;
            },
            Services = services => services.AddSingleton<TimeProvider>(clock),
            App = static app => app.MapAccountGridHealth("ready", "startup"),
        });

    private static async Task<HttpStatusCode> StatusAsync(GatewayHost host, string address)
    {
        using var http = host.CreateHttpClient();
        using var answer = await http.GetAsync(address, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
