using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>What a real silo serves at <c>/metrics</c> while people and services are at work.</summary>
public sealed partial class MetricsTests(MetricsTests.DrivenSilo driven) : IClassFixture<MetricsTests.DrivenSilo>
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_own_lint_finds_nothing()
    {
        Assert.SkipWhen(Promtool.Missing is not null, Promtool.Missing ?? "");
        Assert.Equal(new PromtoolResult(0, ""),
            await Promtool.CheckMetricsAsync((await driven.ReadAsync()).Text, Token));
    }

    [Fact]
    public async Task Every_metric_of_ours_is_on_the_page_and_every_one_on_the_page_is_served()
    {
        var served = await driven.ReadAsync();
        var documented = Row().Matches(await File.ReadAllTextAsync(MetricsPage, Token))
            .ToDictionary(static m => m.Groups["name"].Value, static m => m);
        Assert.Equal(documented.Keys.Order(StringComparer.Ordinal),
            served.Types.Keys.Where(static n => n.StartsWith("accountgrid_", StringComparison.Ordinal)));
        foreach (var (name, row) in documented)
        {
            Assert.Equal((name, row.Groups["type"].Value.Split(',')[0].Trim()), (name, served.Types[name]));
            var labels = LabelName().Matches(Values().Replace(row.Groups["labels"].Value, ""))
                .Select(static m => m.Groups[1].Value);
            Assert.Equal((name, string.Join(' ', labels.Order(StringComparer.Ordinal))),
                (name, string.Join(' ', served.LabelsOf(name))));
        }
    }

    [Fact]
    public async Task The_figures_say_what_was_done()
    {
        var metrics = await driven.ReadAsync();
        Assert.True(
            metrics["accountgrid_harms_total{action=\"deactivate\",outcome=\"done\",standing=\"active\"}"] >= 1);
        Assert.True(
            metrics["accountgrid_harms_total{action=\"deactivate\",outcome=\"pending\",standing=\"active\"}"] >= 1);
        Assert.True(metrics["accountgrid_harms_total{action=\"approve\",outcome=\"done\",standing=\"active\"}"] >= 1);
        Assert.True(
            metrics["accountgrid_harms_total{action=\"suspend\",outcome=\"pending\",standing=\"notice\"}"] >= 1);
        Assert.True(metrics["accountgrid_outage_seconds_total{tier=\"standard\"}"] > 0);
        Assert.InRange(metrics["accountgrid_budget_use_ratio{budget=\"actions\"}"], 0.001, 1);
        Assert.Equal(1, metrics["accountgrid_storage_available"]);
        Assert.Equal(0, metrics["accountgrid_reconciler_drifting_accounts"]);
        var down = await driven.UntilAsync(
            static m => m["accountgrid_accounts_down{status=\"deactivated\",tier=\"protected\"}"] >= 1
                && m["accountgrid_accounts_down{status=\"suspended\",tier=\"standard\"}"] >= 1);
        Assert.Equal(0, down["accountgrid_accounts_down{status=\"erased\",tier=\"protected\"}"]);
        await driven.UntilAsync(static m => m["accountgrid_reconciler_accounts_checked_total"] >= 1);
        await driven.UntilAsync(static m => m["accountgrid_checkpoint_age_seconds"] == 0);
    }

    [Fact]
    public async Task A_duration_names_the_trace_of_a_sampled_request_to_whoever_asks_for_OpenMetrics()
    {
        using var client = driven.Silo.CreateHttpClient(driven.Silo.Token("web", "service"));
        client.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        string[] names =
            ["accountgrid_command_duration_seconds_bucket{action=\"register\"",
                "accountgrid_gateway_request_duration_seconds_bucket{method=\"AccountService.RegisterAccount\",protocol=\"http\""];
        var unnamed = names.ToHashSet(StringComparer.Ordinal);

        // A bucket takes one trace in a second, perhaps that of somebody else's command.
        for (var attempt = 0; unnamed.Count > 0 && attempt < 100; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(attempt == 0 ? 0 : 100), Token);
            using var body =
                new StringContent($$"""{"id":"{{7_799_000 + attempt}}","handle":"traced"}""", System.Text.Encoding.UTF8,
                    "application/json");
            using var answer = await client.PostAsync(new Uri("/v1/accounts", UriKind.Relative), body, Token);
            answer.EnsureSuccessStatusCode();
            var text = await driven.ReadOpenMetricsAsync();
            Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
            unnamed.RemoveWhere(
                name => text.Split('\n')
                    .Any(l => l.StartsWith(name, StringComparison.Ordinal)
                        && l.Contains($"# {{trace_id=\"{TraceId}\"", StringComparison.Ordinal)));
        }

        Assert.Empty(unnamed);
        Assert.DoesNotContain("trace_id", (await driven.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_accounts_nor_operators_make_series_or_are_named()
    {
        await driven.DriveAsync(7_710_000, accounts: 10, "few", operators: 2);

        // What the system does of itself when somebody is about to leave.
        var before = await driven.UntilAsync(
            static m => m["accountgrid_commands_total{action=\"confirm_frozen\",outcome=\"done\"}"] >= 2);
        await driven.DriveAsync(7_720_000, accounts: 1_000, "many", operators: 20);
        var after = await driven.ReadAsync();
        Assert.Equal(Ours(before), Ours(after));
        Assert.InRange(after.Series.Count, 1, before.Series.Count + 40);
        foreach (var (name, value) in after.Labels)
        {
            Assert.False(
                name != "le" && (Number().IsMatch(value) || value.Contains("person", StringComparison.Ordinal)
                    || value.Contains("handle", StringComparison.Ordinal)
                    || value.Contains(driven.Silo.DataDirectory, StringComparison.Ordinal)),
                $"{name}=\"{value}\"");
        }

        static IEnumerable<string> Ours(Exposition metrics) =>
            metrics.Series.Where(static s => s.StartsWith("accountgrid_", StringComparison.Ordinal));
    }

    private static string MetricsPage => Path.Combine(Repository, "silo", "METRICS.md");

    private static string Repository
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "AccountGrid.sln")))
            {
                directory = directory.Parent
                    ?? throw new InvalidOperationException("The tests do not run inside the repository.");
            }

            return directory.FullName;
        }
    }

    [GeneratedRegex("""^\| `(?<name>accountgrid_[a-z_]+)` \| (?<type>[a-zA-Z, ]+) \|(?<labels>[^|]*)\|""",
        RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("""\([^)]*\)""")]
    private static partial Regex Values();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex LabelName();

    [GeneratedRegex("77[0-9]{5}")]
    private static partial Regex Number();

    /// <summary>A silo with low thresholds, where a handful of people did everything that there is to do.</summary>
    public sealed class DrivenSilo : IAsyncLifetime
    {
        public SiloProcess Silo { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Silo = await SiloProcess.StartAsync(
                new SiloProcessOptions
                {
                    Environment = new Dictionary<string, string>
                    {
                        ["ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH"] = "5",
                        ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = "1000",
                        ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "00:00:01",
                        ["ACCOUNTGRID__RECONCILER__ROTATION"] = "00:00:01",
                    },
                },
                Token);
            await DriveAsync(7_700_000, accounts: 3, "first", operators: 2);

            // What one silo of a cluster does for all begins some seconds behind its start, and has no metrics before.
            // Which test comes first depends on where the tests lie on the disk.
            await UntilAsync(static m => m.Types.ContainsKey("accountgrid_derived_entries_checked_total")
                && m["accountgrid_reconciler_drifting_accounts"] >= 0);
        }

        public ValueTask DisposeAsync() => Silo.DisposeAsync();

        public async Task<Exposition> ReadAsync()
        {
            using var client = Silo.CreateHttpClient();
            return new(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token));
        }

        public async Task<string> ReadOpenMetricsAsync()
        {
            using var client = Silo.CreateHttpClient();
            client.DefaultRequestHeaders.Accept.Add(
                new MediaTypeWithQualityHeaderValue("application/openmetrics-text"));
            return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        }

        /// <summary>Scrapes until a figure that is read now and then has come.</summary>
        public async Task<Exposition> UntilAsync(Func<Exposition, bool> condition)
        {
            for (var attempt = 0; ; attempt++)
            {
                var metrics = await ReadAsync();
                if (condition(metrics))
                {
                    return metrics;
                }

                Assert.True(attempt < 300, metrics.Text);
                await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
            }
        }

        /// <summary>
        /// Accounts from a number on are registered, followed, read, searched, taken down and restored, by so many
        /// people.
        /// </summary>
        public async Task DriveAsync(long first, int accounts, string crowd, int operators)
        {
            using var web = new Api(Silo, "web", "service");
            using var admin = new Api(Silo, "admin-person", "admin", "auditor");
            var people = Enumerable.Range(0, operators)
                .Select(i => new Api(Silo, $"person-{crowd}-{i}", "support", "approver")).ToArray();
            await Parallel.ForEachAsync(Enumerable.Range(0, accounts),
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, _) =>
                {
                    var (id, kim) = (first + i, people[i / 5 % operators]);
                    await web.PostAsync("/v1/accounts", new { id = $"{id}", handle = $"handle_{id}" });
                    await web.PostAsync("/v1/accounts:batchGet", new { ids = new[] { $"{id}" } });
                    if (i % 5 != 0)
                    {
                        return;
                    }

                    await kim.PostAsync(
                        $"/v1/accounts/{id}:deactivate",
                        new { reason = "SPAM", note = "note", requestId = $"down-{id}" });
                    await kim.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" });
                    using var refused = await kim.TryPostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" });
                    await kim.GetAsync($"/v1/accounts/{id}");
                    using var down = await web.SendAsync($"/v1/public/accounts/{id + 90_000}");
                    using var search = await kim.SendAsync($"/v1/accounts?filter=handlePrefix%3D%22handle_{id}%22");
                });
            await TakeDownAsync(web, people, first);
            await LeaveAsync(admin, crowd, first + 2);
            await admin.GetAsync("/v1/audit");
            await admin.PostAsync("/v1/audit:verify", new { });
            foreach (var person in people)
            {
                person.Dispose();
            }
        }

        /// <summary>One that is protected by its reach, by two people; one that is not, by one.</summary>
        private static async Task TakeDownAsync(Api web, Api[] people, long first)
        {
            for (var follower = 1; follower <= 6; follower++)
            {
                await web.PutAsync($"/v1/accounts/{first}/followers/{first + follower}");
            }

            var asked = await people[0].PostAsync($"/v1/accounts/{first}:deactivate", new { reason = "IMPERSONATION" });
            await people[1].PostAsync(
                $"/v1/proposals/{asked.GetProperty("proposal").GetProperty("id").GetString()}:approve", new { });
            await people[0].PostAsync($"/v1/accounts/{first + 1}:suspend", new { reason = "ABUSE" });
        }

        /// <summary>Somebody in the notice period asks for a harm.</summary>
        private async Task LeaveAsync(Api admin, string crowd, long account)
        {
            var name = $"person-{crowd}-leaving";
            using var leaving = new Api(Silo, name, "support");
            await leaving.GetAsync($"/v1/accounts/{account}");
            await admin.PostAsync(
                $"/v1/operators/{name}:offboard", new { authorityEndsAt = DateTimeOffset.UtcNow.AddDays(3) });
            await leaving.PostAsync($"/v1/accounts/{account}:suspend", new { reason = "ABUSE" });
        }
    }
}
