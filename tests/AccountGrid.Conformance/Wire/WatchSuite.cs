using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>Changes as they commit, wherever they were made.</summary>
public abstract class WatchSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task A_watch_shows_what_happens_to_its_accounts_and_can_be_resumed(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var other = await cast.RegisterAsync();
        using var watch = cast.Lee.Wire.Events.WatchEvents(new() { Accounts = { id } }, Options);
        var from = long.Parse((await watch.ResponseHeadersAsync).GetValue("position")!,
            System.Globalization.CultureInfo.InvariantCulture);
        await cast.Kim.DownAsync(id);
        await cast.Kim.DownAsync(other);
        await cast.Kim.UpAsync(id);

        var down = await NextAsync(watch);
        Assert.Equal((id, "hold-placed", 2L, cast.Kim.Name),
            (down.Account, down.Type, down.Sequence, down.Actor.Subject));
        Assert.Matches("^[0-9a-f]{32}$", down.TraceId);
        Assert.True(down.Position > from);
        var up = await NextAsync(watch);
        Assert.Equal(("hold-lifted", V1.Account.Types.Status.Active), (up.Type, up.Status));

        using var resumed =
            cast.Kim.Wire.Events.WatchEvents(new() { Accounts = { id }, AfterPosition = down.Position }, Options);
        Assert.Equal(up.Position, (await NextAsync(resumed)).Position);
        using var all = cast.WatchFromTheBeginning(id);
        Assert.Equal("registered", (await NextAsync(all)).Type);
    }

    [Theory, BothProtocols]
    public async Task Every_gateway_shows_the_same_in_the_same_order_without_gap_or_double(Protocol protocol)
    {
        var cast = Meet(protocol);
        var ids = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await cast.RegisterAsync());
        }

        var watches = new List<AsyncServerStreamingCall<V1.WatchEventsResponse>>();
        foreach (var gateway in Grid.Everywhere)
        {
            watches.Add(cast.Shop.At(gateway).Events.WatchEvents(new() { Accounts = { ids } }, Options));
            await watches[^1].ResponseHeadersAsync;
        }

        // Six accounts down, up and down again, all at once, through all gateways.
        await Task.WhenAll(ids.Select(async id =>
        {
            await cast.OwnerDownAsync(id);
            await cast.Shop.Wire.Accounts.RestoreAccountAsync(
                new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options);
            await cast.OwnerDownAsync(id);
        }));
        var seen = await Task.WhenAll(watches.Select(watch => TakeAsync(watch, 18)));
        watches.ForEach(static watch => watch.Dispose());
        Assert.Equal(ids.SelectMany(static id => new[] { (id, 2L), (id, 3L), (id, 4L) }),
            seen[0].Select(static e => (e.Account, e.Sequence)).Order());
        Assert.All(seen,
            one => Assert.Equal(seen[0].Select(static e => e.Position), one.Select(static e => e.Position)));
        Assert.Equal(seen[0].Select(static e => e.Position).Distinct().Order(), seen[0].Select(static e => e.Position));
        foreach (var gateway in Grid.Everywhere)
        {
            using var resumed =
                cast.Shop.At(gateway).Events.WatchEvents(
                    new() { Accounts = { ids }, AfterPosition = seen[0][6].Position }, Options);
            Assert.Equal(seen[0].Skip(7).Select(static e => e.Position),
                (await TakeAsync(resumed, 11)).Select(static e => e.Position));
        }
    }

    [Fact]
    public async Task A_stream_that_says_how_far_it_is_has_shown_everything_that_was_answered_before()
    {
        var cast = Meet(Protocol.Grpc);
        var ids = new[] { await cast.RegisterAsync(), await cast.RegisterAsync(), await cast.RegisterAsync() };
        var began = TimeProvider.System.GetTimestamp();
        using var watch =
            cast.Shop.Wire.Events.WatchEvents(
                new() { Accounts = { ids }, ProgressInterval = new() { Nanos = 100_000_000 } }, Options);
        await watch.ResponseHeadersAsync;
        var answered = new ConcurrentQueue<(long Id, long Version, TimeSpan At)>();
        var changing = Task.WhenAll(ids.Select(async id =>
        {
            foreach (var gateway in Grid.Everywhere.Concat(Grid.Everywhere))
            {
                var accounts = cast.Shop.At(gateway).Accounts;
                Answered(
                    (await accounts.DeactivateAccountAsync(
                        new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options)).Account);
                Answered(
                    (await accounts.RestoreAccountAsync(
                        new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options)).Account);
            }
        }));

        // The server took the call after it was asked for: so what was answered this long after the asking was there
        // when the server counted as much.
        var seen = new HashSet<(long, long)>();
        var (last, progress) = (TimeSpan.Zero, 0);
        while (!changing.IsCompleted || last < answered.Max(static a => a.At))
        {
            Assert.True(await watch.ResponseStream.MoveNext(Options.CancellationToken));
            var message = watch.ResponseStream.Current;
            if (message.CompleteThrough is not { } complete)
            {
                seen.Add((message.Account, message.Sequence));
                continue;
            }

            Assert.Equal((0, 0, ""), (message.Account, message.Sequence, message.Type));
            Assert.InRange(complete.ToTimeSpan(), last, TimeProvider.System.GetElapsedTime(began));
            last = complete.ToTimeSpan();
            progress++;
            Assert.All(answered.Where(a => a.At <= last), a => Assert.Contains((a.Id, a.Version), seen));
        }

        await changing;
        Assert.Equal(answered.Count, seen.Count);
        Assert.InRange(progress, 2, int.MaxValue);

        void Answered(V1.Account account) =>
            answered.Enqueue((account.Id, account.Version, TimeProvider.System.GetElapsedTime(began)));
    }

    [Theory, BothProtocols]
    public async Task Refused_attempts_are_no_events(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        using var watch = cast.Shop.Wire.Events.WatchEvents(new() { Accounts = { id } }, Options);
        await watch.ResponseHeadersAsync;
        await WireClient.ErrorAsync(
            cast.Shop.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options));
        await cast.Kim.DownAsync(id);
        var down = await NextAsync(watch);
        Assert.Equal(("hold-placed", 3L), (down.Type, down.Sequence));
    }

    [Theory, BothProtocols]
    public async Task A_stream_ends_with_the_authority_of_its_watcher(Protocol protocol)
    {
        var cast = Meet(protocol);
        var watcher = cast.Meet("watcher", "support");
        using var watch = watcher.Wire.Events.WatchEvents(new(), Options);
        await watch.ResponseHeadersAsync;
        await cast.OffboardAsync(watcher);
        await cast.RegisterAsync();
        try
        {
            while (await watch.ResponseStream.MoveNext(Options.CancellationToken))
            {
            }

            // Server-sent events have no way to say why they end; whoever comes back is told.
            Assert.Equal(Protocol.Http, protocol);
            using var again = watcher.Wire.Events.WatchEvents(new(), Options);
            await again.ResponseStream.MoveNext(Options.CancellationToken);
            Assert.Fail("The watcher came back.");
        }
        catch (RpcException e)
        {
            Assert.Equal("AUTHORITY_ENDED", WireError.From(e).Reason);
        }
    }

    [Theory, BothProtocols]
    public async Task A_bad_order_is_refused(Protocol protocol)
    {
        var cast = Meet(protocol);
        Assert.Equal(["afterPosition"], await FieldsAsync(new() { AfterPosition = -1 }));
        Assert.Equal(["afterPosition"], await FieldsAsync(new() { AfterPosition = long.MaxValue }));
        Assert.Equal(["accounts"], await FieldsAsync(new() { Accounts = { 0 } }));
        var many = new V1.WatchEventsRequest();
        many.Accounts.AddRange(Enumerable.Repeat(1L, 1001));
        Assert.Equal(["accounts"], await FieldsAsync(many));
        if (protocol == Protocol.Grpc)
        {
            // Server-sent events have a sign of life of their own.
            Assert.Equal(["progressInterval"],
                await FieldsAsync(new() { ProgressInterval = new() { Nanos = 99_999_999 } }));
            Assert.Equal(["progressInterval"], await FieldsAsync(new() { ProgressInterval = new() { Seconds = 61 } }));
            Assert.Equal(["progressInterval"],
                await FieldsAsync(new() { ProgressInterval = new() { Seconds = long.MaxValue } }));
        }

        async Task<IReadOnlyList<string>> FieldsAsync(V1.WatchEventsRequest order)
        {
            using var watch = cast.Shop.Wire.Events.WatchEvents(order, Options);
            return WireError.From(
                await Assert.ThrowsAnyAsync<RpcException>(
                    () => watch.ResponseStream.MoveNext(Options.CancellationToken))).Fields;
        }
    }

    [Theory]
    [InlineData("?afterPosition=x", "afterPosition")]
    [InlineData("?afterPosition=1&afterPosition=2", "afterPosition")]
    [InlineData("?accounts=x", "accounts")]
    [InlineData("?since=1", "since")]
    public async Task A_bad_address_is_refused(string query, string field)
    {
        var error = await Meet(Protocol.Http).Shop.Wire.GetErrorAsync("/v1/events" + query);
        Assert.Equal("INVALID_ARGUMENT", error.Reason);
        Assert.Equal([field], error.Fields);
    }

    [Fact]
    public async Task Server_sent_events_resume_by_the_last_id()
    {
        var cast = Meet(Protocol.Http);
        var id = await cast.RegisterAsync();
        await cast.Kim.DownAsync(id);
        using var response =
            await cast.Shop.Wire.Http.GetAsync($"/v1/events?accounts={id}&afterPosition=0",
                HttpCompletionOption.ResponseHeadersRead, Options.CancellationToken);
        var events = await ReadAsync(response, 2, "event");
        Assert.Equal(["registered", "hold-placed"],
            events.Select(static e => V1.WatchEventsResponse.Parser.ParseJson(e.Data).Type));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/events?accounts={id}&afterPosition=0");
        request.Headers.Add("Last-Event-ID", events[0].EventId);
        using var again =
            await cast.Shop.Wire.Http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, Options.CancellationToken);
        Assert.Equal(events[1].Data, (await ReadAsync(again, 1, "event"))[0].Data);
    }

    [Fact]
    public async Task A_quiet_stream_shows_that_it_lives()
    {
        // A gateway of its own once gave up the wait for news when its calls to silos time out, and ended the stream.
        var cast = Meet(Protocol.Http);
        using var response = await cast.Shop.Wire.Http.GetAsync(
            $"/v1/events?accounts={Topology.FreshId()}",
            HttpCompletionOption.ResponseHeadersRead, Options.CancellationToken);

        // Entries of other accounts are no sign of life: among the accounts of other tests there may be no quiet.
        var pings = (await ReadAsync(response, 2, "ping")).Select(static ping => long.Parse(
            ping.EventId!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.True(pings[1] >= pings[0]);
    }

    private static async Task<V1.WatchEventsResponse> NextAsync(AsyncServerStreamingCall<V1.WatchEventsResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(Options.CancellationToken));
        return watch.ResponseStream.Current;
    }

    private static async Task<List<V1.WatchEventsResponse>> TakeAsync(
        AsyncServerStreamingCall<V1.WatchEventsResponse> watch, int count)
    {
        var found = new List<V1.WatchEventsResponse>();
        while (found.Count < count)
        {
            found.Add(await NextAsync(watch));
        }

        return found;
    }

    private static async Task<List<SseItem<string>>> ReadAsync(HttpResponseMessage response, int count, string type)
    {
        var found = new List<SseItem<string>>();
        await using var stream = await response.Content.ReadAsStreamAsync(Options.CancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Options.CancellationToken))
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

        Assert.Equal(count, found.Count);
        return found;
    }
}
