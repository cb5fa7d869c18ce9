using System.Net;
using AccountGrid.Application;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccountGrid.Gateway.Tests.Limits;

public sealed class LimitTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_body_that_comes_too_slowly_is_broken_off()
    {
        var id = await gateway.RegisterAsync();
        var answer = await RawRequest.SendAsync(
            gateway.Host.Http, $"POST /v1/accounts/{id}:deactivate", gateway.Host.Tokens.Staff("kim"),
            "Content-Type: application/json\r\nContent-Length: 1000", "{\"reason\":\"SPAM\"");
        Assert.Contains("504", answer, StringComparison.Ordinal);
        Assert.Contains("DEADLINE_EXCEEDED", answer, StringComparison.Ordinal);
        Assert.Contains("trace-id", answer, StringComparison.Ordinal);
        Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
    }

    [Fact]
    public async Task A_method_over_its_time_limit_is_answered_in_the_one_shape()
    {
        await using var host =
            await GatewayHost.StartAsync(
                new GatewayHostOptions
                {
                    Gateway = static options => options.Limits.RequestTimeout = TimeSpan.FromMilliseconds(200),
                });
        var answer = await RawRequest.SendAsync(
            host.Http, "POST /v1/accounts/1:deactivate", host.Tokens.Staff("kim"),
            "Content-Type: application/json\r\nContent-Length: 1000", "{\"reason\":\"SPAM\"");
        Assert.Contains("504", answer, StringComparison.Ordinal);
        Assert.Contains("DEADLINE_EXCEEDED", answer, StringComparison.Ordinal);
        Assert.Contains("trace-id", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_ends_the_call()
    {
        await using var host = await GatewayHost.StartAsync();
        using var service = new Wire(host, host.Tokens.Service);
        await service.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "a" }, Wire.Options);
        using var call =
            service.Events.WatchEvents(
                new() { AfterPosition = 0 }, Wire.Options.WithDeadline(DateTime.UtcNow.AddMilliseconds(700)));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        });
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_call_over_the_time_limit_is_answered_in_the_one_shape()
    {
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
        {
            Gateway = static options => options.Limits.RequestTimeout = TimeSpan.FromMilliseconds(200),
            App = static app =>
                app.MapGet("/slow",
                    static async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted)),
        });
        using var caller = new Wire(host, host.Tokens.Service);
        var error = await caller.GetErrorAsync("/slow");
        Assert.Equal(("DEADLINE_EXCEEDED", HttpStatusCode.GatewayTimeout), (error.Reason, error.HttpStatus));
    }

    public sealed class Rates
    {
        [Fact]
        public async Task Of_one_subject_are_limited_with_a_delay_and_healing_never_is()
        {
            await using var host =
                await GatewayHost.StartAsync(
                    new GatewayHostOptions { Gateway = static options => options.Limits.RequestsPerSecond = 5 });
            using var service = new Wire(host, host.Tokens.Service);
            using var kim = new Wire(host, host.Tokens.Staff("kim"));
            using var lee = new Wire(host, host.Tokens.Staff("lee"));
            await service.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "a" }, Wire.Options);
            await kim.Accounts.DeactivateAccountAsync(new() { Id = 1, Reason = "SPAM" }, Wire.Options);

            var refused = new List<WireError>();
            for (var i = 0; i < 40; i++)
            {
                using var response = await kim.Http.GetAsync("/v1/accounts/1", TestContext.Current.CancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    refused.Add(await WireError.FromAsync(response));
                }
            }

            Assert.NotEmpty(refused);
            Assert.All(refused, static error =>
            {
                Assert.Equal(("OVERLOADED", HttpStatusCode.TooManyRequests), (error.Reason, error.HttpStatus));
                Assert.True(error is { RetryAfter: >= 1, RetryDelay.TotalSeconds: > 0 });
            });
            var grpc = await Drained(kim);
            Assert.Equal(("OVERLOADED", StatusCode.ResourceExhausted), (grpc.Reason, grpc.Code));
            Assert.NotNull(grpc.RetryDelay);

            await lee.GetAsync("/v1/accounts/1");
            for (var i = 0; i < 20; i++)
            {
                await Drained(kim);
                await kim.PostAsync("/v1/accounts/1:restore", new { reason = "ERROR", requestId = "same" });
            }
        }

        [Fact]
        public async Task Of_strangers_are_limited_by_address()
        {
            await using var host =
                await GatewayHost.StartAsync(
                    new GatewayHostOptions
                    {
                        Gateway = static options => options.Limits.AnonymousRequestsPerSecond = 5,
                    });
            using var stranger = new Wire(host, null);
            var reasons = new HashSet<string>();
            for (var i = 0; i < 40; i++)
            {
                reasons.Add((await stranger.GetErrorAsync("/v1/accounts/1")).Reason);
            }

            Assert.Equal(["UNAUTHENTICATED", "OVERLOADED"], reasons);
            using var known = new Wire(host, host.Tokens.Service);
            Assert.Equal("NOT_FOUND", (await known.GetErrorAsync("/v1/accounts/1")).Reason);
        }

        private static async Task<WireError> Drained(Wire caller)
        {
            for (var i = 0; i < 200; i++)
            {
                try
                {
                    await caller.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options);
                }
                catch (RpcException exception)
                {
                    return WireError.From(exception);
                }
            }

            throw new InvalidOperationException("The rate was never limited.");
        }
    }

    public sealed class Streams
    {
        [Fact]
        public async Task Are_so_many_per_subject_and_no_more()
        {
            await using var host =
                await GatewayHost.StartAsync(
                    new GatewayHostOptions { Gateway = static options => options.Limits.MaxStreamsPerSubject = 2 });
            using var service = new Wire(host, host.Tokens.Service);
            using var first = service.Events.WatchEvents(new(), Wire.Options);
            using var second = service.Events.WatchEvents(new(), Wire.Options);
            await Task.WhenAll(first.ResponseHeadersAsync, second.ResponseHeadersAsync);

            using var third = service.Events.WatchEvents(new(), Wire.Options);
            var error = WireError.From(
                await Assert.ThrowsAsync<RpcException>(
                    () => third.ResponseStream.MoveNext(TestContext.Current.CancellationToken)));
            Assert.Equal("OVERLOADED", error.Reason);
            Assert.NotNull(error.RetryDelay);

            // It once said from where it begins, and then that it does not: a client that waits for the position took
            // it for open.
            Assert.Null((await third.ResponseHeadersAsync).GetValue("position"));
            error = await service.GetErrorAsync("/v1/events");
            Assert.Equal(("OVERLOADED", HttpStatusCode.TooManyRequests), (error.Reason, error.HttpStatus));

            first.Dispose();
            await Eventually.TrueAsync(
                async () =>
                {
                    using var response =
                        await service.Http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead,
                            TestContext.Current.CancellationToken);
                    return response.IsSuccessStatusCode;
                },
                "the place of a stream that ended is free again");
        }
    }

    [Fact]
    public async Task A_storm_on_one_account_is_refused_with_a_delay_while_reads_and_others_are_answered()
    {
        await using var host =
            await GatewayHost.StartAsync(new GatewayHostOptions { Limits = new ProcessorLimits { QueueDepth = 4 } });
        using var service = new Wire(host, host.Tokens.Service);
        using var kim = new Wire(host, host.Tokens.Staff("kim"));
        await service.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "stormy" }, Wire.Options);
        await service.Accounts.RegisterAccountAsync(new() { Id = 2, Handle = "calm" }, Wire.Options);
        await kim.GetAsync("/v1/accounts/1");

        var storm = Enumerable.Range(0, 600).Select(i => OutcomeAsync(kim.Accounts.ProtectAccountAsync(
            new() { Id = 1, Reason = "OTHER", Note = $"{i}" }, Wire.Options))).ToArray();
        while (!Array.TrueForAll(storm, static task => task.IsCompleted))
        {
            Assert.Equal("stormy", (await service.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options)).Handle);
            Assert.Equal("calm", (await service.Accounts.GetAccountAsync(new() { Id = 2 }, Wire.Options)).Handle);
        }

        var outcomes = await Task.WhenAll(storm);
        var refused = outcomes.Where(static o => o is not null).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, static error =>
        {
            Assert.Equal("OVERLOADED", error!.Reason);
            Assert.NotNull(error.RetryDelay);
        });
        var accepted = outcomes.Length - refused.Length;
        Assert.Equal(1 + accepted, (await service.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options)).Version);
    }

    private static async Task<WireError?> OutcomeAsync(AsyncUnaryCall<V1.ProtectAccountResponse> call)
    {
        try
        {
            await call;
            return null;
        }
        catch (RpcException exception)
        {
            return WireError.From(exception);
        }
    }
}
