using System.Net.ServerSentEvents;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Streams;

public sealed class EventTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_watch_shows_what_happens_to_its_accounts_and_can_be_resumed()
    {
        var id = await gateway.RegisterAsync();
        var other = await gateway.RegisterAsync();
        using var watch = gateway.Service.Events.WatchEvents(new() { Accounts = { id } }, Wire.Options);
        Assert.NotNull((await watch.ResponseHeadersAsync).GetValue("position"));
        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        await SharedGateway.DeactivateAsync(gateway.Kim, other);
        await gateway.Kim.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" });

        var down = await NextAsync(watch);
        Assert.Equal((id, "hold-placed", 2L, "kim"), (down.Account, down.Type, down.Sequence, down.Actor.Subject));
        Assert.Matches("^[0-9a-f]{32}$", down.TraceId);
        var up = await NextAsync(watch);
        Assert.Equal(("hold-lifted", V1.Account.Types.Status.Active), (up.Type, up.Status));

        using var resumed = gateway.Kim.Events.WatchEvents(new() { Accounts = { id }, AfterPosition = down.Position }, Wire.Options);
        Assert.Equal(up.Position, (await NextAsync(resumed)).Position);
        using var all = gateway.Kim.Events.WatchEvents(new() { Accounts = { id }, AfterPosition = 0 }, Wire.Options);
        Assert.Equal("registered", (await NextAsync(all)).Type);
    }

    [Fact]
    public async Task Refused_attempts_are_no_events()
    {
        var id = await gateway.RegisterAsync();
        using var watch = gateway.Service.Events.WatchEvents(new() { Accounts = { id } }, Wire.Options);
        await watch.ResponseHeadersAsync;
        await gateway.Service.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" });
        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        var down = await NextAsync(watch);
        Assert.Equal(("hold-placed", 3L), (down.Type, down.Sequence));
    }

    [Fact]
    public async Task Server_sent_events_show_the_same_and_resume_by_the_last_id()
    {
        var id = await gateway.RegisterAsync();
        using var response = await gateway.Service.Http.GetAsync(
            $"/v1/events?accounts={id}&afterPosition=0", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.Contains("trace-id"));
        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        var events = await ReadAsync(response, 2);
        Assert.Equal(["registered", "hold-placed"], events.Select(static e => V1.WatchEventsResponse.Parser.ParseJson(e.Data).Type));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/events?accounts={id}&afterPosition=0");
        request.Headers.Add("Last-Event-ID", events[0].EventId);
        using var again = await gateway.Service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(events[1].Data, (await ReadAsync(again, 1))[0].Data);
    }

    [Fact]
    public async Task A_quiet_stream_shows_that_it_lives()
    {
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions { Gateway = static options => options.Limits.Heartbeat = TimeSpan.FromMilliseconds(200) });
        using var service = new Wire(host, host.Tokens.Service);
        using var response = await service.Http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var pings = await ReadAsync(response, 3, "ping");
        Assert.All(pings, static ping => Assert.Equal("0", ping.EventId));
    }

    [Theory]
    [InlineData("?afterPosition=-1", "afterPosition")]
    [InlineData("?afterPosition=x", "afterPosition")]
    [InlineData("?afterPosition=1&afterPosition=2", "afterPosition")]
    [InlineData("?accounts=0", "accounts")]
    [InlineData("?accounts=x", "accounts")]
    [InlineData("?since=1", "since")]
    public async Task A_bad_order_is_refused(string query, string field)
    {
        var error = await gateway.Service.GetErrorAsync("/v1/events" + query);
        Assert.Equal("INVALID_ARGUMENT", error.Reason);
        Assert.Equal([field], error.Fields);
    }

    [Fact]
    public async Task A_bad_order_is_refused_over_gRPC()
    {
        using var negative = gateway.Service.Events.WatchEvents(new() { AfterPosition = -1 }, Wire.Options);
        Assert.Equal(["afterPosition"], (await ErrorAsync(negative)).Fields);
        var many = new V1.WatchEventsRequest();
        many.Accounts.AddRange(Enumerable.Range(1, 1001).Select(static i => (long)i));
        using var tooMany = gateway.Service.Events.WatchEvents(many, Wire.Options);
        Assert.Equal(["accounts"], (await ErrorAsync(tooMany)).Fields);
    }

    [Fact]
    public async Task A_stream_ends_with_the_authority_of_its_watcher()
    {
        var name = SharedGateway.FreshName("watcher");
        using var watcher = gateway.As(name);
        using var watch = watcher.Events.WatchEvents(new(), Wire.Options);
        await watch.ResponseHeadersAsync;
        await gateway.Kim.PostAsync($"/v1/operators/{name}:offboard", new { });
        await gateway.RegisterAsync();
        Assert.Equal("AUTHORITY_ENDED", (await ErrorAsync(watch)).Reason);
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        await using var host = await GatewayHost.StartAsync();
        using var service = new Wire(host, host.Tokens.Service);
        using var watch = service.Events.WatchEvents(new(), Wire.Options);
        await watch.ResponseHeadersAsync;
        host.Clock.Advance(TimeSpan.FromHours(2));
        using var fresh = new Wire(host, host.Tokens.Mint(new TokenOrder { Expires = host.Clock.GetUtcNow().AddHours(1) }));
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
        using var sse = await service.Http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var ingest = service.Followers.IngestFollows(Wire.Options);
        await ingest.RequestStream.WriteAsync(new(), TestContext.Current.CancellationToken);

        // The heartbeat is 15 seconds: a stop that waited for one would take longer than this.
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    private static async Task<V1.WatchEventsResponse> NextAsync(AsyncServerStreamingCall<V1.WatchEventsResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return watch.ResponseStream.Current;
    }

    private static async Task<WireError> ErrorAsync(AsyncServerStreamingCall<V1.WatchEventsResponse> watch) =>
        WireError.From(await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        }));

    private static async Task<List<SseItem<string>>> ReadAsync(HttpResponseMessage response, int count, string type = "event")
    {
        var found = new List<SseItem<string>>();
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            if (item.EventType == type)
            {
                found.Add(item);
            }

            if (found.Count == count)
            {
                break;
            }
        }

        return found;
    }
}
