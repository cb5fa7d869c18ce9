using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Streams;

/// <summary>How event streams end; what they show is in the suites of the wire contract.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        await using var host = await GatewayHost.StartAsync();
        using var service = new Wire(host, host.Tokens.Service);
        using var watch = service.Events.WatchEvents(new(), Wire.Options);
        await watch.ResponseHeadersAsync;
        host.Clock.Advance(TimeSpan.FromHours(2));
        using var fresh =
            new Wire(host, host.Tokens.Mint(new TokenOrder { Expires = host.Clock.GetUtcNow().AddHours(1) }));
        await fresh.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "a" }, Wire.Options);
        Assert.Equal("UNAUTHENTICATED", (await ErrorAsync(watch)).Reason);
    }

    [Fact]
    public async Task Streams_do_not_hold_up_a_stop()
    {
        await using var host = await GatewayHost.StartAsync();
        using var service = new Wire(host, host.Tokens.Service);
        using var watch = service.Events.WatchEvents(new(), Wire.Options);
        await watch.ResponseHeadersAsync;
        using var sse =
            await service.Http.GetAsync(
                "/v1/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var ingest = service.Followers.IngestFollows(Wire.Options);
        await ingest.RequestStream.WriteAsync(new(), TestContext.Current.CancellationToken);

        // The heartbeat is 15 seconds: a stop that waited for one would take longer than this.
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RpcException>(
            () => watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    private static async Task<WireError> ErrorAsync(AsyncServerStreamingCall<V1.WatchEventsResponse> watch) =>
        WireError.From(await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        }));
}
