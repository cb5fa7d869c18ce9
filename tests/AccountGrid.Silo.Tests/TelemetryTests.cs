using System.Net;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>What goes to a collector, and what happens where nobody records anything.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collector_gets_the_whole_tree_of_a_command_and_the_journal_names_its_trace()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string>(collector.Environment)
                {
                    ["ACCOUNTGRID__LIMITS__AUTHORITYFRESHNESS"] = "00:01:00",
                    ["ACCOUNTGRID__TRACES__OTHERSPERSECOND"] = "0",
                    ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
                },
            },
            Stop);
        var traced = new Traced(silo.CreateHttpClient(), silo.Token);
        await traced.PostAsync("/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        await traced.PostAsync("/v1/accounts/1:deactivate", new { reason = "SPAM" }, "kim", "support");
        var trace = await traced.PostAsync("/v1/accounts/1:restore", new { reason = "ERROR" }, "kim", "support");
        const string Tree = """
            accountgrid.v1.AccountService/RestoreAccount SERVER actor.kind=operator request=command enduser.id=kim http.request.method=POST http.response.status_code=200
              IAccountGrain/ExecuteAsync CLIENT
                IAccountGrain/ExecuteAsync SERVER
                  account.execute INTERNAL account=1 action=restore actor.kind=operator outcome=done enduser.id=kim
                    account.queue INTERNAL
                    operator.ask INTERNAL operator=kim standing=active
                    account.decide INTERNAL
                    journal.append INTERNAL journal.entries=1 journal.result=appended -> storage commit
            storage commit CLIENT -> journal.append
            """;
        await Traced.UntilAsync(() => Task.FromResult(SpanTree.Of(collector.SpansOf(trace))), Tree);
        await traced.ShowsAsync(trace, Tree);
        await collector.WaitForAsync("/v1/traces", "accountgrid-silo");
        await collector.WaitForAsync("/v1/metrics", "accountgrid.commands");
        await collector.WaitForAsync("/v1/logs", "Application started");
        Assert.Equal(trace, await JournalledTraceAsync(silo));

        // Nobody asked for the reads in between.
        Assert.DoesNotContain(
            collector.Spans,
            static s => s.Attributes.GetValueOrDefault("accountgrid.request") == "read" && s.ParentId.Length == 0);
    }

    [Fact]
    public async Task A_collector_gets_some_reads_though_nobody_asks_for_them()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo =
            await SiloProcess.StartAsync(new SiloProcessOptions { Environment = collector.Environment }, Stop);
        await new Traced(silo.CreateHttpClient(), silo.Token).PostAsync(
            "/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        await JournalledTraceAsync(silo);
        await Traced.UntilAsync(
            () =>
                Task.FromResult(
                    string.Join(' ',
                        collector.Spans.Where(
                            static s => s.Attributes.GetValueOrDefault("accountgrid.request") == "read"
                                && s.ParentId.Length == 0).Select(static s => s.Name))),
            "accountgrid.v1.AccountService/ListJournalEntries");
    }

    [Fact]
    public async Task The_standard_sampler_rules_where_it_is_set()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string>(collector.Environment)
                {
                    ["OTEL_TRACES_SAMPLER"] = "always_off",
                },
            }, Stop);
        var traced = new Traced(silo.CreateHttpClient(), silo.Token);
        var trace = await traced.PostAsync("/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        await collector.WaitForAsync("/v1/metrics", "accountgrid.commands");
        Assert.Equal(trace, await JournalledTraceAsync(silo));
        await silo.StopAsync(cancellationToken: Stop);
        Assert.Empty(collector.Spans);
    }

    [Fact]
    public async Task The_journal_names_the_trace_also_where_nothing_is_recorded()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string> { ["ACCOUNTGRID__TRACES__ENABLED"] = "false" },
            }, Stop);
        var traced = new Traced(silo.CreateHttpClient(), silo.Token);
        var trace = await traced.PostAsync("/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        Assert.Equal(trace, await JournalledTraceAsync(silo));
        using var ann = new Api(silo, "ann", "auditor");
        using var nothing = await ann.SendAsync($"/v1/traces/{trace}");
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public async Task What_is_recorded_per_second_is_bounded_for_each_sort_of_request()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string>
                {
                    ["ACCOUNTGRID__TRACES__SERVICESPERSECOND"] = "0",
                    ["ACCOUNTGRID__TRACES__OTHERSPERSECOND"] = "0",
                },
            },
            Stop);
        var traced = new Traced(silo.CreateHttpClient(), silo.Token);
        var byService = await traced.PostAsync("/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        var (read, _) = await traced.SendAsync(HttpMethod.Get, "/v1/accounts/1", null, "web", "service");
        var byPerson = await traced.PostAsync("/v1/accounts/1:deactivate", new { reason = "SPAM" }, "kim", "support");
        Assert.Contains(await traced.SpansAsync(byPerson), static s => s.Name == "account.execute");
        using var ann = new Api(silo, "ann", "auditor");
        foreach (var trace in (string[])[byService, read])
        {
            using var nothing = await ann.SendAsync($"/v1/traces/{trace}");
            Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_remembered_is_bounded_and_people_outlive_a_flood_of_services()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string> { ["ACCOUNTGRID__TRACES__KEEP"] = "10" },
            }, Stop);
        var traced = new Traced(silo.CreateHttpClient(), silo.Token);
        await traced.PostAsync("/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        var byKim = await traced.PostAsync("/v1/accounts/1:deactivate", new { reason = "SPAM" }, "kim", "support");
        for (var id = 2; id <= 30; id++)
        {
            await traced.PostAsync("/v1/accounts", new { id = $"{id}", handle = $"user_{id}" }, "web", "service");
        }

        var listed = (await traced.GetAsync("/v1/traces")).GetProperty("traces").EnumerateArray()
            .Select(static t => t.GetProperty("traceId").GetString()).ToArray();
        Assert.InRange(listed.Length, 10, 16);
        Assert.Contains(byKim, listed);
        Assert.Contains(
            await traced.SpansAsync(byKim), static s => s.Name == "storage commit" || s.Name == "account.execute");
    }

    private static async Task<string?> JournalledTraceAsync(SiloProcess silo)
    {
        using var auditor = new Api(silo, "ann", "auditor");
        return (await auditor.GetAsync("/v1/accounts/1/journal")).GetProperty("entries")[0].GetProperty("traceId")
            .GetString();
    }
}
