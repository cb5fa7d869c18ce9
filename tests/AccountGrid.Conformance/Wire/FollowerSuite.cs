using System.Net;
using System.Text;
using System.Text.Json;

namespace AccountGrid.Conformance.Wire;

/// <summary>Follows, one and many.</summary>
public abstract class FollowerSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task A_follow_counts_once_and_an_unfollow_too(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var follower = Topology.FreshId();
        var put = new V1.PutFollowerRequest { Account = id, Follower = follower };
        var delete = new V1.DeleteFollowerRequest { Account = id, Follower = follower };
        var first = await cast.Shop.Wire.Followers.PutFollowerAsync(put, Options);
        Assert.Equal((true, 1L), (first.Changed, first.Followers.Count));
        var again = await cast.Shop.Wire.Followers.PutFollowerAsync(put, Options);
        Assert.Equal((false, first.Followers), (again.Changed, again.Followers));
        Assert.Equal(first.Followers, (await cast.ReadAsync(id)).Followers);
        var gone = await cast.Shop.Wire.Followers.DeleteFollowerAsync(delete, Options);
        Assert.Equal((true, 0L), (gone.Changed, gone.Followers.Count));
        Assert.True(gone.Followers.Version > first.Followers.Version);
        Assert.False((await cast.Shop.Wire.Followers.DeleteFollowerAsync(delete, Options)).Changed);
    }

    [Theory, BothProtocols]
    public async Task Follows_come_in_while_the_account_is_down(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: 10);
        await cast.Kim.DownAsync(id);
        await cast.IngestAsync(
            [Cast.FollowOf(id, 11), Cast.FollowOf(id, 1, V1.Follow.Types.Op.Unfollow), Cast.FollowOf(id, 12)]);
        var up = await cast.Kim.UpAsync(id);
        Assert.Equal((11L, V1.FollowerCount.Types.Quality.Exact),
            (up.Account.Followers.Count, up.Account.Followers.Quality));
    }

    [Theory, BothProtocols]
    public async Task An_ingest_numbers_what_it_refuses_and_counts_the_rest(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var unknown = Topology.FreshId();
        var answer = await cast.IngestAsync(
        [
            Cast.FollowOf(id, 1), Cast.FollowOf(id, -1), Cast.FollowOf(id, 2), Cast.FollowOf(id, 1),
            Cast.FollowOf(unknown, 3),
            Cast.FollowOf(id, 4, V1.Follow.Types.Op.Unspecified), Cast.FollowOf(id, id), Cast.FollowOf(id, 5),
            Cast.FollowOf(id, 5, V1.Follow.Types.Op.Unfollow),
        ]);
        Assert.Equal((9, 4, 1, 4), (answer.Received, answer.Changed, answer.Unchanged, answer.Failed));
        Assert.Equal(
            ["2 INVALID_ARGUMENT", "5 NOT_FOUND", "6 INVALID_ARGUMENT", "7 INVALID_ARGUMENT"],
            answer.Errors.Select(static e => $"{e.Line} {e.Reason}"));
        Assert.Equal(2, (await cast.ReadAsync(id)).Followers.Count);
    }

    [Theory, BothProtocols]
    public async Task Streams_through_all_gateways_over_the_same_accounts_lose_and_count_nothing_twice(
        Protocol protocol)
    {
        var cast = Meet(protocol);
        var ids = new List<long>();
        for (var i = 0; i < 10; i++)
        {
            ids.Add(await cast.RegisterAsync());
        }

        // Every stream sends the same: of the equal follows one changes something.
        var follows = Enumerable.Range(0, 600).Select(i => Cast.FollowOf(ids[i % 10], 1000 + (i / 10))).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cast.IngestAsync(follows)));
        Assert.Equal((600, 1800, 0),
            (answers.Sum(static a => a.Changed), answers.Sum(static a => a.Unchanged),
                answers.Sum(static a => a.Failed)));
        foreach (var id in ids)
        {
            Assert.Equal(60, (await cast.ReadAsync(id)).Followers.Count);
        }
    }

    [Fact]
    public async Task A_broken_line_is_named_and_the_rest_counts()
    {
        var cast = Meet(Protocol.Http);
        var id = await cast.RegisterAsync();
        var unknown = Topology.FreshId();
        var answer = await IngestAsync(cast, string.Join('\n',
            $$"""{"account":"{{id}}","follower":"1","op":"follow"}""",
            "this is no JSON",
            $$"""{"account":{{id}},"follower":2,"op":"FOLLOW"}""",
            $$"""{"account":"{{id}}","follower":"1","op":"follow"}""",
            "",
            $$"""{"account":"{{id}}","follower":"0","op":"follow"}""",
            $$"""{"account":"{{id}}","follower":"3","op":"like"}""",
            $$"""{"account":"{{id}}","follower":"3"}""",
            $$"""{"account":"{{id}}","follower":"3","op":"follow","extra":1}""",
            $$"""{"account":"{{unknown}}","follower":"3","op":"follow"}""",
            $$"""{"account":"{{id}}","follower":"4","op":"follow"} {}""",
            new string(' ', 600),
            $$"""{"account":"{{id}}","follower":"{{id}}","op":"follow"}""",
            $$"""{"account":"{{id}}","follower":"5","op":"follow"}""" + "\r",
            $$"""{"account":"{{id}}","follower":"5","op":"unfollow"}"""));
        Assert.Equal((14, 4, 1, 9), (answer.Received, answer.Changed, answer.Unchanged, answer.Failed));
        Assert.Equal(
            ["2 INVALID_ARGUMENT", "6 INVALID_ARGUMENT", "7 INVALID_ARGUMENT", "8 INVALID_ARGUMENT",
                "9 INVALID_ARGUMENT", "10 NOT_FOUND", "11 INVALID_ARGUMENT", "12 TOO_LARGE", "13 INVALID_ARGUMENT"],
            answer.Errors.Select(static e => $"{e.Line} {e.Reason}"));
        Assert.Equal(2, (await cast.ReadAsync(id)).Followers.Count);
    }

    [Fact]
    public async Task Follows_of_one_account_are_applied_in_the_order_of_the_stream()
    {
        var cast = Meet(Protocol.Http);
        var id = await cast.RegisterAsync();
        var lines = new StringBuilder();
        for (var i = 0; i < 25_001; i++)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture,
                $$"""{"account":"{{id}}","follower":"9","op":"{{(i % 2 == 0 ? "follow" : "unfollow")}}"}""").Append(
                    '\n');
        }

        // About 1.3 MB: over the limit of a unary body, which is none for a stream.
        var answer = await IngestAsync(cast, lines.ToString());
        Assert.Equal((25_001, 0), (answer.Received, answer.Failed));
        Assert.Equal(1, (await cast.ReadAsync(id)).Followers.Count);
    }

    [Fact]
    public async Task Only_the_first_thousand_errors_are_named()
    {
        var answer = await IngestAsync(Meet(Protocol.Http), string.Concat(Enumerable.Repeat("x\n", 3000)));
        Assert.Equal(3000, answer.Failed);
        Assert.Equal(Enumerable.Range(1, 1000).Select(static i => (long)i), answer.Errors.Select(static e => e.Line));
    }

    [Fact]
    public async Task Something_else_than_NDJSON_is_refused()
    {
        var error = await Meet(Protocol.Http).Shop.Wire.PostErrorAsync("/v1/followers:ingest", "{}");
        Assert.Equal(("INVALID_ARGUMENT", HttpStatusCode.BadRequest), (error.Reason, error.HttpStatus));
        Assert.Equal(["content-type"], error.Fields);
    }

    [Fact]
    public async Task Over_gRPC_follows_are_numbered_across_messages()
    {
        var cast = Meet(Protocol.Grpc);
        var id = await cast.RegisterAsync();
        using var call = cast.Shop.Wire.Followers.IngestFollows(Options);
        for (var message = 0; message < 3; message++)
        {
            await call.RequestStream.WriteAsync(
                new V1.IngestFollowsRequest
                {
                    Follows =
                    {
                        Cast.FollowOf(id, message + 1),
                        Cast.FollowOf(id, message == 1 ? -1 : 100 + message),
                        Cast.FollowOf(id, 200,
                            message == 2 ? V1.Follow.Types.Op.Unspecified : V1.Follow.Types.Op.Follow),
                    },
                },
                Options.CancellationToken);
        }

        await call.RequestStream.CompleteAsync();
        var answer = await call;
        Assert.Equal((9, 6, 1, 2), (answer.Received, answer.Changed, answer.Unchanged, answer.Failed));
        Assert.Equal([5L, 9L], answer.Errors.Select(static e => e.Line));
        Assert.Equal(6, (await cast.ReadAsync(id)).Followers.Count);
    }

    private static async Task<V1.IngestFollowsResponse> IngestAsync(Cast cast, string lines)
    {
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var response =
            await cast.Shop.Wire.Http.PostAsync("/v1/followers:ingest", content, Options.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(Options.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(JsonValueKind.String, JsonDocument.Parse(text).RootElement.GetProperty("received").ValueKind);
        return V1.IngestFollowsResponse.Parser.ParseJson(text);
    }
}
