using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccountGrid.Testing;

namespace AccountGrid.Monitoring.Tests;

/// <summary>The delivered configuration, rules and dashboards on real silos, through the real Prometheus.</summary>
public sealed partial class LiveTests(Platform platform) : IClassFixture<Platform>
{
    private const string DurationOfCommands = "accountgrid_command_duration_seconds_bucket";

    /// <summary>What a silo by itself has nothing of: another database, another process.</summary>
    private static readonly string[] OnlyInACluster = ["db_client_"];

    /// <summary>What a healthy system has nothing of, or not at first: they appear when it happens.</summary>
    private static readonly string[] OnlyWithAFault =
    [
        "accountgrid_storage_failures_total", "accountgrid_storage_refused_total",
        "orleans_catalog_activation_destroyed_total", "orleans_messaging_sent_dropped_total",
        "orleans_messaging_rejected_total", "orleans_messaging_expired_total",
    ];

    /// <summary>
    /// What may well be 0 the whole time where all is well; everything else has to move with the work.
    /// </summary>
    private static readonly string[] Calm =
    [
        .. OnlyWithAFault, "accountgrid_accounts_down{tier=\"protected\"",
        "accountgrid_commands_total{outcome=~\"failed|unknown\"", "accountgrid_checkpoint_age_seconds",
        "accountgrid_queue_depth", "accountgrid_storage_queue_depth", "accountgrid_reconciler_drift",
        "accountgrid_reconciler_accounts_moving_total", "accountgrid_fences_lost_total",
        "accountgrid_snapshots_ignored_total", "accountgrid_journals_damaged_total",
        "class_sli:accountgrid_requests_bad:ratio_rate5m{sli=\"latency\"", "ALERTS",
        "dotnet_gc_pause_time_seconds_total", "dotnet_thread_pool_queue_length",
    ];

    private static readonly string[] Labels = ["accountgrid_storage_queue", "db_client_connection_state"];

    public static TheoryData<string> Dashboards => Dashboard.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_silo_and_gateway_is_scraped()
    {
        NeedsPrometheus();
        var targets = await platform.Prometheus.TargetsAsync(Token);
        Assert.Equal(["accountgrid-gateway", "accountgrid-silo", "accountgrid-silo", "accountgrid-silo"],
            targets.Select(static t => t.Labels["job"]).Order());
        Assert.All(targets, static t => Assert.Equal(("up", ""), (t.Health, t.LastError)));
    }

    [Fact]
    public async Task Every_rule_is_evaluated_and_every_recorded_series_is_there()
    {
        NeedsPrometheus();
        var rules = await platform.Prometheus.RulesAsync(Token);
        Assert.All(rules, static r => Assert.True(r.Health == "ok", $"{r.Name}: {r.Health} {r.LastError}"));
        var silent = new List<string>();
        foreach (var name in rules.Where(static r => !r.IsAlert).Select(static r => r.Name).Distinct())
        {
            if (!await ShowsAsync(name))
            {
                silent.Add(name);
            }
        }

        IsEmpty(silent);
    }

    [Theory]
    [InlineData("reads", 4)]
    [InlineData("commands", 22)]
    public async Task Every_method_of_a_class_is_really_one(string kind, int methods)
    {
        NeedsPrometheus();
        var found = await platform.Prometheus.QueryAsync(
            $"count(method:accountgrid_class:info{{class=\"{kind}\"}})", Token);
        Assert.Equal(methods, Assert.Single(found).Values[0]);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_panel_shows_something_of_a_silo_by_itself(string dashboard)
    {
        NeedsPrometheus();
        IsEmpty(
            await EmptyPanelsAsync(dashboard, platform.EmbeddedInstance, static q => !OnlyInACluster.Any(q.Contains)));
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_panel_shows_something_of_a_cluster(string dashboard)
    {
        NeedsPrometheus();
        IsEmpty(await EmptyPanelsAsync(dashboard, platform.ClusterInstances, static _ => true));
    }

    /// <summary>
    /// A name that is misspelt would hide behind the 0 of a panel about faults, and an alert on it would sleep for
    /// ever.
    /// </summary>
    [Fact]
    public async Task Every_metric_that_a_panel_or_a_rule_reads_is_there()
    {
        NeedsPrometheus();
        var rules = await platform.Prometheus.RulesAsync(Token);
        var read = rules.Select(static r => r.Query)
            .Concat(Dashboard.All.SelectMany(static d => d.Panels).SelectMany(static p => p.Queries)
            .Select(static q => q.Expression))
            .SelectMany(static e => Metric().Matches(e).Select(static m => m.Value)).Except(Labels).Except(
                OnlyWithAFault).Order().ToArray();
        var there =
            (await platform.Prometheus.QueryAsync("count by (__name__) ({__name__=~\".+\"})", Token)).Select(
                static s => s.Labels["__name__"]).ToHashSet();
        Assert.NotEmpty(read);
        IsEmpty([.. read.Where(name => !there.Contains(name))]);
    }

    [Fact]
    public async Task A_panel_that_shows_nothing_is_found()
    {
        NeedsPrometheus();
        Assert.False(await ShowsAsync("accountgrid_commands_total{action=\"fly\"}"));
        Assert.False(await ShowsAsync("0 * accountgrid_build_info / 0"));
        Assert.True(await ShowsAsync("0 * accountgrid_build_info"));
        Assert.False(await ShowsAsync("0 * accountgrid_build_info", zeroWillDo: false));
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_panel_with_exemplars_has_some(string dashboard)
    {
        NeedsPrometheus();
        var without = new List<string>();
        foreach (var (panel,
            query) in from p in Dashboard.Of(dashboard).Panels from q in p.Queries where q.HasExemplars select (p, q))
        {
            foreach (var instances in (string[])[platform.EmbeddedInstance, platform.ClusterInstances])
            {
                var exemplars =
                    await platform.Prometheus.QueryExemplarsAsync(
                        query.With(instances), platform.Began, TimeProvider.System.GetUtcNow(), Token);
                if (!exemplars.Any(static e => e.Labels.ContainsKey("trace_id")))
                {
                    without.Add($"{panel.Title} ({query.RefId}) of {instances}: {query.Expression}");
                }
            }
        }

        IsEmpty(without);
    }

    [Fact]
    public async Task A_commands_trace_is_found_from_the_histogram_of_durations()
    {
        const string trace = "5cf92f3577b34da6a3ce929d0e0e4711";
        var (exemplar, sent) =
            await SendUntilFoundAsync(
                $"{DurationOfCommands}{{action=\"register\"}}", 3_200_000, $"00-{trace}-00f067aa0ba902b7-01");
        Assert.Equal([trace], sent);
        Assert.Equal("done", exemplar.SeriesLabels["outcome"]);
        Assert.True(exemplar.Value > 0);
    }

    [Fact]
    public async Task A_requests_trace_is_found_though_its_caller_had_none()
    {
        var (exemplar, sent) = await SendUntilFoundAsync(
            "accountgrid_gateway_request_duration_seconds_bucket{method=\"AccountService.RegisterAccount\",protocol=\"http\"}", 3_100_000, traceParent: null);
        Assert.NotEmpty(sent);
        Assert.True(exemplar.Value > 0);
    }

    /// <summary>
    /// Registers accounts until Prometheus has the trace of one: a bucket takes one exemplar in a second, which may be
    /// another command's.
    /// </summary>
    /// <returns>The exemplar, and every trace that answers named.</returns>
    private async Task<(PrometheusExemplar Found, IReadOnlyCollection<string> Sent)> SendUntilFoundAsync(
        string query, long firstId, string? traceParent)
    {
        NeedsPrometheus();
        using var client = platform.Embedded.CreateHttpClient(platform.Embedded.Token("shop", "service"));
        if (traceParent is not null)
        {
            client.DefaultRequestHeaders.Add("traceparent", traceParent);
        }

        var sent = new HashSet<string>(StringComparer.Ordinal);
        var id = firstId;
        var exemplars = await platform.Prometheus.WaitUntilAsync(
            async cancellation =>
            {
                using var response =
                    await client.PostAsJsonAsync(new Uri("/v1/accounts", UriKind.Relative),
                        new { id = $"{++id}", handle = "traced" }, cancellation);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                sent.Add(Assert.Single(response.Headers.GetValues("trace-id")));
                return await platform.Prometheus.QueryExemplarsAsync(
                    query, platform.Began, TimeProvider.System.GetUtcNow().AddMinutes(1), cancellation);
            },
            all => all.Any(e => sent.Contains(e.Labels.GetValueOrDefault("trace_id", ""))),
            "an exemplar with the trace of a command",
            Token);
        return (exemplars.First(e => sent.Contains(e.Labels.GetValueOrDefault("trace_id", ""))), sent);
    }

    [Fact]
    public async Task The_alert_about_a_protected_account_fires_while_it_is_down_and_ends_with_its_restore()
    {
        NeedsPrometheus();
        const string name = "AccountGridProtectedAccountDown";
        var silo = platform.Embedded;
        using var shop = silo.CreateHttpClient(silo.Token("shop", "service"));
        using var kim = silo.CreateHttpClient(silo.Token("kim", "support", "approver"));
        using var lee = silo.CreateHttpClient(silo.Token("lee", "support", "approver"));
        await PostAsync(shop, "/v1/accounts", new { id = "3000002", handle = "guarded" });
        await PostAsync(kim, "/v1/accounts/3000002:protect", new { reason = "OTHER" });
        await AlertsAsync(name, static alerts => alerts.Length == 0);
        var proposal = await PostAsync(kim, "/v1/accounts/3000002:deactivate", new { reason = "LEGAL" });
        await PostAsync(
            lee, $"/v1/proposals/{proposal.GetProperty("proposal").GetProperty("id").GetString()}:approve", new { });

        var alert = Assert.Single(await AlertsAsync(name, static alerts => alerts is [{ State: "firing" }]));
        Assert.Equal(("page", "deactivated"), (alert.Labels["severity"], alert.Labels["status"]));
        Assert.Equal("1 protected account(s) down: deactivated", alert.Annotations["summary"]);

        await PostAsync(kim, "/v1/accounts/3000002:restore", new { reason = "ERROR" });
        await AlertsAsync(name, static alerts => alerts.Length == 0);
    }

    [Fact]
    public async Task Harm_in_notice_was_noticed_and_where_all_is_true_no_alert_says_otherwise()
    {
        NeedsPrometheus();
        var alerts = (await platform.Prometheus.AlertsAsync(Token)).Where(static a => a.State == "firing").ToArray();
        Assert.Contains(alerts, static a => a.Name == "AccountGridHarmInNotice" && a.Labels["outcome"] == "pending");
        Assert.DoesNotContain(alerts, static a =>
            a.Name is "AccountGridFollowerCountDrift" or "AccountGridJournalDamaged" or "AccountGridCheckpointTooOld"
                or "AccountGridReconcilerStopped" or "AccountGridFencesLostOften");
    }

    [Fact]
    public async Task The_alert_about_the_store_fires_for_the_silos_whose_database_is_down_and_ends_with_its_return()
    {
        NeedsPrometheus();
        const string name = "AccountGridStorageUnavailable";
        await AlertsAsync(name, static alerts => alerts.Length == 0);
        await platform.Database.StopAsync("immediate");
        var alerts = await AlertsAsync(name, static alerts => alerts.Count(static a => a.State == "firing") == 2);
        Assert.DoesNotContain(alerts, a => a.Labels["instance"] == platform.EmbeddedInstance);
        await platform.Prometheus.WaitUntilAsync(
            cancellation =>
                platform.Prometheus.QueryAsync(
                    "sum by (error_type) (accountgrid_storage_failures_total) > 0", cancellation),
            static failures => failures.Any(static f => f.Labels.ContainsKey("error_type")),
            "failures with their cause",
            Token);
        await platform.Database.StartAsync();
        await AlertsAsync(name, static alerts => alerts.Length == 0);
    }

    private static void IsEmpty(IReadOnlyList<string> found) => Assert.True(found.Count == 0, string.Join('\n', found));

    private static void NeedsPrometheus() => Assert.SkipWhen(Platform.Missing is not null, Platform.Missing ?? "");

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync(Token)}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private async Task<PrometheusAlert[]> AlertsAsync(string name, Func<PrometheusAlert[], bool> condition) =>
        await platform.Prometheus.WaitUntilAsync(
        async cancellation =>
            (await platform.Prometheus.AlertsAsync(cancellation)).Where(a => a.Name == name).ToArray(), condition,
                $"{name} as it should be", Token);

    private async Task<IReadOnlyList<string>> EmptyPanelsAsync(
        string dashboard, string instances, Func<string, bool> concerns)
    {
        var empty = new List<string>();
        foreach (var (panel, query) in from p in Dashboard.Of(dashboard).Panels
                                       from q in p.Queries
                                       where concerns(
            q.Expression)
                                       select (p, q))
        {
            if (!await ShowsAsync(query.With(instances), zeroWillDo: Calm.Any(query.Expression.Contains)))
            {
                empty.Add($"{panel.Title} ({query.RefId}): {query.Expression}");
            }
        }

        return empty;
    }

    /// <summary>Whether an expression had a value, and not the mere lack of one, at any time of the work.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="zeroWillDo">Whether nothing but 0 will do.</param>
    private async Task<bool> ShowsAsync(string expression, bool zeroWillDo = true)
    {
        var series = await platform.Prometheus.QueryRangeAsync(
            expression, platform.Began, TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(1), Token);
        return series.Any(s => s.Values.Any(v => double.IsFinite(v) && (zeroWillDo || v != 0)));
    }

    [GeneratedRegex(@"(?<![\w:])(accountgrid|orleans|db|dotnet|process|kestrel)_[\w:]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();
}
