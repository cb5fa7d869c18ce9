using System.Net.Http.Json;
using AccountGrid.Testing;

namespace AccountGrid.Monitoring.Tests;

/// <summary>The delivered configuration, rules and dashboards on real silos, through the real Prometheus.</summary>
public sealed class LiveTests(Platform platform) : IClassFixture<Platform>
{
    private const string DurationOfCommands = "accountgrid_command_duration_seconds_bucket";

    /// <summary>What a silo by itself has nothing of: another database, another process.</summary>
    private static readonly string[] OnlyInACluster = ["db_client_"];

    public static TheoryData<string> Dashboards => Dashboard.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_silo_and_gateway_is_scraped()
    {
        NeedsPrometheus();
        var targets = await platform.Prometheus.TargetsAsync(Token);
        Assert.Equal(["accountgrid-gateway", "accountgrid-silo", "accountgrid-silo", "accountgrid-silo"], targets.Select(static t => t.Labels["job"]).Order());
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

        Assert.Empty(silent);
    }

    [Theory]
    [InlineData("reads", 4)]
    [InlineData("commands", 14)]
    public async Task Every_method_of_a_class_is_really_one(string kind, int methods)
    {
        NeedsPrometheus();
        var found = await platform.Prometheus.QueryAsync($"count(method:accountgrid_class:info{{class=\"{kind}\"}})", Token);
        Assert.Equal(methods, Assert.Single(found).Values[0]);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_panel_shows_something_of_a_silo_by_itself(string dashboard)
    {
        NeedsPrometheus();
        Assert.Empty(await EmptyPanelsAsync(dashboard, platform.EmbeddedInstance, static q => !OnlyInACluster.Any(q.Contains)));
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_panel_shows_something_of_a_cluster(string dashboard)
    {
        NeedsPrometheus();
        Assert.Empty(await EmptyPanelsAsync(dashboard, platform.ClusterInstances, static _ => true));
    }

    [Fact]
    public async Task A_panel_that_shows_nothing_is_found()
    {
        NeedsPrometheus();
        Assert.False(await ShowsAsync("accountgrid_commands_total{action=\"fly\"}"));
        Assert.False(await ShowsAsync("0 * accountgrid_build_info / 0"));
        Assert.True(await ShowsAsync("accountgrid_build_info"));
    }

    [Fact]
    public async Task A_commands_trace_is_found_from_the_histogram_of_durations()
    {
        NeedsPrometheus();
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var client = platform.Embedded.CreateHttpClient(platform.Embedded.Token("shop", "service"));
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await client.PostAsJsonAsync(new Uri("/v1/accounts", UriKind.Relative), new { id = "3000001", handle = "traced" }, Token);
        Assert.Equal(trace, Assert.Single(response.Headers.GetValues("trace-id")));
        var exemplars = await platform.Prometheus.WaitUntilAsync(
            cancellation => platform.Prometheus.QueryExemplarsAsync($"{DurationOfCommands}{{action=\"register\"}}", platform.Began, TimeProvider.System.GetUtcNow().AddMinutes(1), cancellation),
            static all => all.Any(static e => e.Labels.GetValueOrDefault("trace_id") == trace),
            "an exemplar with the command's trace",
            Token);
        var exemplar = exemplars.First(static e => e.Labels["trace_id"] == trace);
        Assert.Equal("done", exemplar.SeriesLabels["outcome"]);
        Assert.True(exemplar.Value > 0);
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
        await PostAsync(lee, $"/v1/proposals/{proposal.GetProperty("proposal").GetProperty("id").GetString()}:approve", new { });

        var alert = Assert.Single(await AlertsAsync(name, static alerts => alerts is [{ State: "firing" }]));
        Assert.Equal(("page", "deactivated"), (alert.Labels["severity"], alert.Labels["status"]));
        Assert.Equal("1 protected account(s) down: deactivated", alert.Annotations["summary"]);

        await PostAsync(kim, "/v1/accounts/3000002:restore", new { reason = "ERROR" });
        await AlertsAsync(name, static alerts => alerts.Length == 0);
    }

    private static void NeedsPrometheus() => Assert.SkipWhen(Platform.Missing is not null, Platform.Missing ?? "");

    private static async Task<System.Text.Json.JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync(Token)}");
        return await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Token);
    }

    private async Task<PrometheusAlert[]> AlertsAsync(string name, Func<PrometheusAlert[], bool> condition) => await platform.Prometheus.WaitUntilAsync(
        async cancellation => (await platform.Prometheus.AlertsAsync(cancellation)).Where(a => a.Name == name).ToArray(), condition, $"{name} as it should be", Token);

    private async Task<IReadOnlyList<string>> EmptyPanelsAsync(string dashboard, string instances, Func<string, bool> concerns)
    {
        var empty = new List<string>();
        foreach (var (panel, query) in from p in Dashboard.Of(dashboard).Panels from q in p.Queries where concerns(q.Expression) select (p, q))
        {
            if (!await ShowsAsync(query.With(instances)))
            {
                empty.Add($"{panel.Title} ({query.RefId}): {query.Expression}");
            }
        }

        return empty;
    }

    /// <summary>Whether an expression had a value, and not the mere lack of one, at any time of the work.</summary>
    private async Task<bool> ShowsAsync(string expression)
    {
        var series = await platform.Prometheus.QueryRangeAsync(expression, platform.Began, TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(1), Token);
        return series.Any(static s => s.Values.Any(double.IsFinite));
    }
}
