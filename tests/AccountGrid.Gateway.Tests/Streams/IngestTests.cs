using System.Net;
using System.Text;
using System.Text.Json;
using AccountGrid.Application;
using AccountGrid.Gateway.Tests.Harness;

namespace AccountGrid.Gateway.Tests.Streams;

public sealed class IngestTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_line_without_an_end_takes_no_memory()
    {
        var id = await gateway.RegisterAsync();
        var answer = await IngestAsync(
            gateway.Service,
            new string('x', 5_000_000) + "\n" + $$"""{"account":"{{id}}","follower":"1","op":"follow"}""");
        Assert.Equal("TOO_LARGE", Assert.Single(answer.Errors).Reason);
        Assert.Equal(1, answer.Changed);
    }

    [Fact]
    public async Task A_full_queue_is_waited_for()
    {
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
        {
            Limits = new ProcessorLimits
            {
                FollowQueueDepth = 1,
                FollowQueueTransactions = 1,
                RetryAfter = TimeSpan.FromMilliseconds(20),
            },
            Gateway = static options => options.Limits.IngestBatch = 50,
        });
        using var service = new Wire(host, host.Tokens.Service);
        await service.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "hot" }, Wire.Options);
        var streams = Enumerable.Range(0, 8).Select(async stream =>
        {
            var lines = string.Concat(
                Enumerable.Range(1, 500)
                    .Select(
                        i => $$"""{"account":"1","follower":"{{(stream + 1) * 1000 + i}}","op":"follow"}""" + "\n"));
            return await IngestAsync(service, lines);
        });
        var answers = await Task.WhenAll(streams);
        Assert.Equal(0, answers.Sum(static a => a.Failed));
        Assert.Equal(4000, answers.Sum(static a => a.Changed));
        Assert.Equal(4000, (await service.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options)).Followers.Count);
    }

    [Fact]
    public async Task Accounts_that_must_be_loaded_first_are_waited_for()
    {
        // The store answers so few questions about who is known at a time that most of a batch is refused at first:
        // nothing of it may be lost.
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
        {
            Storage = static options =>
                options with { ExistsQueueDepth = 4, RetryAfter = TimeSpan.FromMilliseconds(10) },
        });
        using var service = new Wire(host, host.Tokens.Service);
        for (var id = 1; id <= 200; id++)
        {
            await service.Accounts.RegisterAccountAsync(new() { Id = id, Handle = $"cold{id}" }, Wire.Options);
        }

        var answer = await IngestAsync(
            service, string.Concat(
                Enumerable.Range(1, 600)
                    .Select(static i =>
                        $$"""{"account":"{{(i % 200) + 1}}","follower":"{{1000 + i}}","op":"follow"}""" + "\n")));
        Assert.Equal((600, 600, 0), (answer.Received, answer.Changed, answer.Failed));
        Assert.Equal(3, (await service.Accounts.GetAccountAsync(new() { Id = 77 }, Wire.Options)).Followers.Count);
    }

    [Fact]
    public async Task Streams_over_the_same_accounts_lose_and_count_nothing_twice()
    {
        await using var host =
            await GatewayHost.StartAsync(
                new GatewayHostOptions
                {
                    Gateway = static options =>
                        (options.Limits.IngestBatch, options.Limits.IngestCallsInFlight) = (70, 8),
                });
        using var service = new Wire(host, host.Tokens.Service);
        for (var id = 1; id <= 30; id++)
        {
            await service.Accounts.RegisterAccountAsync(new() { Id = id, Handle = $"wide{id}" }, Wire.Options);
        }

        // Every stream sends the same: of four equal follows one changes something.
        var lines = string.Concat(
            Enumerable.Range(0, 900)
                .Select(static i =>
                    $$"""{"account":"{{(i % 30) + 1}}","follower":"{{1000 + (i / 30)}}","op":"follow"}""" + "\n"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => IngestAsync(service, lines)));
        Assert.Equal((900, 2700, 0),
            (answers.Sum(static a => a.Changed), answers.Sum(static a => a.Unchanged),
                answers.Sum(static a => a.Failed)));
        for (var id = 1; id <= 30; id++)
        {
            Assert.Equal(30, (await service.Accounts.GetAccountAsync(new() { Id = id }, Wire.Options)).Followers.Count);
        }
    }

    [Fact]
    public async Task A_stream_that_pauses_for_too_long_is_ended()
    {
        await using var host =
            await GatewayHost.StartAsync(
                new GatewayHostOptions
                {
                    Gateway = static options => options.Limits.IngestIdle = TimeSpan.FromSeconds(1),
                });
        var answer = await RawRequest.SendAsync(
            host.Http, "POST /v1/followers:ingest", host.Tokens.Service,
            "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked", "2\r\nx\n\r\n");
        Assert.Contains("504", answer, StringComparison.Ordinal);
        Assert.Contains("DEADLINE_EXCEEDED", answer, StringComparison.Ordinal);
        Assert.Contains("trace-id", answer, StringComparison.Ordinal);
    }

    // A compressed body was once taken for lines, all of them broken, and answered with 200.
    [Theory]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    public async Task A_compressed_stream_is_refused_at_once(string encoding)
    {
        using var content = new ByteArrayContent([0x1F, 0x8B, 0x08, (byte)'\n']);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await gateway.Service.Http.PostAsync(
            "/v1/followers:ingest", content, TestContext.Current.CancellationToken);
        var error = await WireError.FromAsync(response);
        Assert.Equal(("INVALID_ARGUMENT", HttpStatusCode.UnsupportedMediaType), (error.Reason, error.HttpStatus));
        Assert.Equal(["content-encoding"], error.Fields);
    }

    [Fact]
    public async Task A_byte_order_mark_at_the_beginning_is_skipped()
    {
        var id = await gateway.RegisterAsync();
        var line = $$"""{"account":"{{id}}","follower":"1","op":"follow"}""".PadRight(512);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"\uFEFF{line}\n\uFEFF{line}"));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
        content.Headers.TryAddWithoutValidation("Content-Encoding", "identity");
        using var response = await gateway.Service.Http.PostAsync(
            "/v1/followers:ingest", content, TestContext.Current.CancellationToken);
        var answer = V1.IngestFollowsResponse.Parser.ParseJson(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((2, 1), (answer.Received, answer.Changed));
        Assert.Equal(2, Assert.Single(answer.Errors).Line);
    }

    private static async Task<V1.IngestFollowsResponse> IngestAsync(Wire service, string lines)
    {
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var response =
            await service.Http.PostAsync("/v1/followers:ingest", content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(JsonValueKind.String, JsonDocument.Parse(text).RootElement.GetProperty("received").ValueKind);
        return V1.IngestFollowsResponse.Parser.ParseJson(text);
    }
}
