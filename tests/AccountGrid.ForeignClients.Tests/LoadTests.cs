using System.Globalization;
using System.Text.RegularExpressions;

namespace AccountGrid.ForeignClients.Tests;

/// <summary>
/// Load by programs that nobody here wrote, for two seconds or so each: every request is answered and every answer is
/// good. How many there were is printed, not judged.
/// </summary>
public sealed partial class LoadTests(LoadedSilo load) : IClassFixture<LoadedSilo>
{
    private const string Calls = "3000";
    private const int Connections = 8;

    /// <summary>In seconds; a power of two, since each run is twice as long as the one before.</summary>
    private const int LongestRun = 64;

    [Fact]
    public async Task H2load_reads_an_account_over_gRPC()
    {
        await CallAsync("AccountService", "GetAccount", new V1.GetAccountRequest { Id = load.Accounts[0] });
        await CallAsync("AccountService", "GetPublicAccount", new V1.GetPublicAccountRequest { Id = load.Accounts[1] });
    }

    [Fact]
    public async Task H2load_follows_over_gRPC_and_the_same_follow_counts_once()
    {
        await CallAsync(
            "FollowerService", "PutFollower", new V1.PutFollowerRequest { Account = load.Accounts[2], Follower = 9 });
        Assert.Equal(1, (await ReadAsync(load.Accounts[2])).Followers.Count);
    }

    [Fact]
    public async Task Wrk_reads_accounts_over_HTTP()
    {
        await WrkAsync("/v1/accounts/1", Connections);
        await WrkAsync("/v1/public/accounts/2", Connections);
        await WrkAsync("/v1/accounts:batchGet", Connections, "batch.lua",
            [.. load.Accounts.Select(static id => $"{id}")]);
    }

    [Fact]
    public async Task Wrk_follows_over_HTTP_and_every_follow_counts()
    {
        var id = load.Accounts[3];
        var (answered, runs) = await WrkAsync("/", Connections, "follow.lua", $"{id}");
        Assert.InRange((await ReadAsync(id)).Followers.Count, answered, answered + (runs * Connections));
    }

    [Fact]
    public async Task Wrk_takes_an_account_down_and_up_over_HTTP_and_the_journal_has_every_time()
    {
        var id = load.Accounts[4];
        var (answered, runs) = await WrkAsync("/", 1, "down_and_up.lua", $"{id}");
        Assert.InRange((await ReadAsync(id)).Version, answered + 1, answered + 1 + runs);
        var audit = new V1.AuditService.AuditServiceClient(load.Silo.Invoker("lee", "auditor"));
        var verified = await audit.VerifyAuditAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(verified.Intact, verified.Problem);
    }

    private async Task CallAsync(string service, string method, Google.Protobuf.IMessage request)
    {
        LoadedSilo.Needs("h2load");
        var before = await load.OutcomesAsync($"{service}.{method}", "grpc");
        var output = await LoadedSilo.RunAsync(
            "h2load", "--requests", Calls, "--clients", "4", "--max-concurrent-streams", "16", "--data",
            load.Framed(request),
            "--header", "te: trailers", "--header", "content-type: application/grpc", "--header", load.Authorization,
            $"{load.Silo.Grpc}accountgrid.v1.{service}/{method}");
        Assert.Contains(
            $"{Calls} total, {Calls} started, {Calls} done, {Calls} succeeded, 0 failed, 0 errored, 0 timeout", output,
            StringComparison.Ordinal);
        Assert.Contains($"{Calls} 2xx, 0 3xx, 0 4xx, 0 5xx", output, StringComparison.Ordinal);

        // A refusal over gRPC is a 200 too: the silo counts by its outcome.
        var after = await load.OutcomesAsync($"{service}.{method}", "grpc");
        Assert.Equal(["OK"], after.Keys);
        Assert.Equal(long.Parse(Calls, CultureInfo.InvariantCulture), after["OK"] - before.GetValueOrDefault("OK"));
    }

    /// <summary>
    /// Runs wrk until it has counted an answer, each time for twice as long: wrk knows no number of requests, only a
    /// duration, and on a busy machine the first answer may take longer than a short one.
    /// </summary>
    /// <returns>
    /// How many answers wrk counted, and in how many runs: each run may leave one request per connection uncounted.
    /// </returns>
    private async Task<(long Answered, int Runs)> WrkAsync(
        string path, int connections, string? script = null, params string[] arguments)
    {
        LoadedSilo.Needs("wrk");
        string[] order = script is null ? [] : ["--script", Places.Of("load", script)];
        for (var (run, seconds) = (1, connections == 1 ? 8 : 2); ; run++, seconds *= 2)
        {
            var output = await LoadedSilo.RunAsync(
                "wrk", ["--threads", "1", "--connections", $"{connections}", "--duration", $"{seconds}s",
                    "--timeout", $"{LongestRun}s", "--latency", "--header", load.Authorization, .. order, new Uri(
                        load.Silo.Http, path).AbsoluteUri, "--", .. arguments]);
            Assert.DoesNotContain("Non-2xx", output, StringComparison.Ordinal);
            Assert.DoesNotContain("Socket errors", output, StringComparison.Ordinal);
            var answered = long.Parse(Answered().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
            if (answered > 0)
            {
                return (answered, run);
            }

            Assert.True(seconds < LongestRun, output);
        }
    }

    private async Task<V1.Account> ReadAsync(long id) =>
        await new V1.AccountService.AccountServiceClient(load.Silo.Invoker("shop", "service")).GetAccountAsync(
            new() { Id = id }, cancellationToken: TestContext.Current.CancellationToken);

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Answered();
}
