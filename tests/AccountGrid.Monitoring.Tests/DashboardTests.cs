using System.Text.RegularExpressions;

namespace AccountGrid.Monitoring.Tests;

/// <summary>The dashboards as files: what Grafana and a reader need of every one of them.</summary>
public sealed partial class DashboardTests
{
    public static TheoryData<string> Names => Dashboard.Names;

    [Fact]
    public void Each_has_an_address_and_a_title_of_its_own()
    {
        Assert.Equal(5, Dashboard.All.Count);
        Assert.Equal(Dashboard.All.Count, Dashboard.All.Select(static d => d.Uid).Distinct().Count());
        Assert.Equal(Dashboard.All.Count, Dashboard.All.Select(static d => d.Title).Distinct().Count());
        Assert.All(Dashboard.All, static d =>
        {
            Assert.StartsWith("accountgrid-", d.Uid, StringComparison.Ordinal);
            Assert.NotEmpty(d.Description);
            Assert.Equal(["datasource", "instance"], d.Variables);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_panel_says_what_it_shows_in_which_unit_and_from_the_chosen_data_source(string file)
    {
        var panels = Dashboard.Of(file).Panels;
        Assert.Equal(panels.Count, panels.Select(static p => p.Id).Distinct().Count());
        Assert.All(panels, static p => Assert.NotEmpty(p.Title));
        Assert.All(panels.Where(static p => !p.IsHeading), static p =>
        {
            Assert.True(p.Description.Length > 0, $"{p.Title} has no description.");
            Assert.True(p.Unit.Length > 0, $"{p.Title} has no unit.");
            Assert.Equal("${datasource}", p.DataSource);
            Assert.NotEmpty(p.Queries);
            Assert.Equal(p.Queries.Count, p.Queries.Select(static q => q.RefId).Distinct().Count());
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_lie_on_the_grid_beside_each_other(string file)
    {
        var panels = Dashboard.Of(file).Panels;
        Assert.All(panels,
            static p =>
                Assert.True(p.Box is { X: >= 0, Y: >= 0, Width: > 0, Height: > 0 } && p.Box.X + p.Box.Width <= 24,
                    $"{p.Title} leaves the grid."));
        var overlaps = from a in panels
                       from b in panels
                       where a.Id < b.Id
            && a.Box.Overlaps(b.Box)
                       select $"{a.Title} lies on {b.Title}";
        Assert.Empty(overlaps);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_query_of_single_processes_keeps_to_the_chosen_ones(string file)
    {
        var free = from p in Dashboard.Of(file).Panels
                   from q in p.Queries
                   from selector in Selector().Matches(q.Expression)
                   where !selector.Groups["labels"].Value.Contains("instance=~\"$instance\"", StringComparison.Ordinal)
                       && !OfTheWholeCluster().IsMatch(selector.Groups["name"].Value)
                   select $"{p.Title}: {selector.Value}";
        Assert.Empty(free);
    }

    [Fact]
    public void Latencies_of_commands_lead_to_traces()
    {
        var leading = Dashboard.All.SelectMany(static d => d.Panels)
            .Where(static p => p.Queries.Any(static q => q.HasExemplars)).ToArray();
        Assert.True(leading.Length >= 3);
        Assert.All(leading, static p => Assert.All(p.Queries, static q =>
        {
            Assert.True(q.HasExemplars);
            Assert.Contains("_duration_seconds_bucket", q.Expression, StringComparison.Ordinal);
        }));
        var source = File.ReadAllText(
            Path.Combine(Deployment.Grafana, "provisioning", "datasources", "prometheus.yml"));
        Assert.Contains("exemplarTraceIdDestinations:", source, StringComparison.Ordinal);
        Assert.Contains("name: trace_id", source, StringComparison.Ordinal);
    }

    public sealed class Can_fail
    {
        [Theory]
        [InlineData(0, 0, 12, 8, true)]
        [InlineData(11, 7, 12, 8, true)]
        [InlineData(12, 0, 12, 8, false)]
        [InlineData(0, 8, 24, 1, false)]
        public void A_panel_that_lies_on_another_is_found(int x, int y, int width, int height, bool overlaps) =>
            Assert.Equal(overlaps, new Box(0, 0, 12, 8).Overlaps(new Box(x, y, width, height)));

        [Fact]
        public void A_unit_test_that_never_fires_is_found() => Assert.Equal(
            [("A", false), ("B", true)],
            UnitTestFile.ExpectationsOf(
                "      - alertname: A\n        exp_alerts: []\n        alertname: B\n        exp_alerts:\n          - exp_labels: { severity: page }\n"));
    }

    [GeneratedRegex(@"(?<name>[a-zA-Z_:][\w:]*)\{(?<labels>[^{}]*)\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Selector();

    /// <summary>Recorded over all processes, or about whether they are there at all.</summary>
    [GeneratedRegex(@"^(class_sli|method):|^(up|ALERTS)$")]
    private static partial Regex OfTheWholeCluster();
}
