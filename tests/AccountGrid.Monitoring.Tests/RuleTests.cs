using System.Text.RegularExpressions;
using AccountGrid.Testing;

namespace AccountGrid.Monitoring.Tests;

/// <summary>deploy/prometheus, judged by Prometheus' own tools.</summary>
public sealed partial class RuleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_configuration_and_the_rules_are_sound()
    {
        NeedsPromtool();
        var result = await Promtool.CheckConfigAsync(Deployment.Configuration, Token);
        Assert.True(result.ExitCode == 0, result.Output);
        result = await Promtool.CheckRulesAsync(Deployment.RuleFiles, Token);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    [Fact]
    public async Task Every_alert_fires_and_is_silent_as_its_unit_tests_say()
    {
        NeedsPromtool();
        var result = await Promtool.TestRulesAsync(Deployment.UnitTests, Token);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    [Fact]
    public async Task Unit_tests_find_a_rule_that_was_broken()
    {
        NeedsPromtool();
        using var copy = new TempDirectory();
        await CopyAsync(
            "rules/accounts.yml", copy,
            static text =>
                text.Replace("""status=~"deactivated|suspended"}) > 0""", """status=~"deactivated|suspended"}) > 1""",
                    StringComparison.Ordinal));
        await CopyAsync("tests/accounts.test.yml", copy, static text => text);
        var result = await Promtool.TestRulesAsync([copy.File("tests/accounts.test.yml")], Token);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("AccountGridProtectedAccountDown", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_alert_is_unit_tested_firing_and_silent()
    {
        var expectations =
            Deployment.UnitTests.SelectMany(static f => UnitTestFile.ExpectationsOf(File.ReadAllText(f))).ToHashSet();
        var alerts = (await RulesAsync()).Where(static r => r.IsAlert).Select(static r => r.Name).ToArray();
        Assert.NotEmpty(alerts);
        Assert.Empty(alerts.Where(a => !expectations.Contains((a, true)))
            .Select(static a => $"{a} is never expected to fire"));
        Assert.Empty(alerts.Where(a => !expectations.Contains((a, false)))
            .Select(static a => $"{a} is never expected to be silent"));
        Assert.Empty(expectations.Select(static e => e.Alert).Except(alerts));
    }

    [Fact]
    public async Task Every_alert_says_how_urgent_it_is_what_it_means_and_where_it_is_said_what_to_do()
    {
        foreach (var alert in (await RulesAsync()).Where(static r => r.IsAlert))
        {
            Assert.Contains(alert.Labels.GetValueOrDefault("severity"), (string[])["page", "ticket"]);
            Assert.NotEmpty(alert.Annotations.GetValueOrDefault("summary", ""));
            Assert.NotEmpty(alert.Annotations.GetValueOrDefault("description", ""));
            var runbook = alert.Annotations.GetValueOrDefault("runbook", "").Split('#');
            Assert.True(runbook.Length == 2, $"{alert.Name} names no section of a runbook.");
            var page = Path.Combine(Deployment.Root, runbook[0]);
            Assert.True(File.Exists(page), $"{alert.Name}: there is no {runbook[0]}.");
            Assert.True(Anchors(await File.ReadAllTextAsync(page, Token)).Contains(runbook[1]),
                $"{alert.Name}: {runbook[0]} has no section #{runbook[1]}.");
        }
    }

    [Fact]
    public async Task Every_section_about_an_alert_belongs_to_one()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Deployment.Prometheus, "README.md"), Token);
        var alerts = (await RulesAsync()).Where(static r => r.IsAlert).Select(static r => r.Name).ToHashSet();
        var mentioned = AlertName().Matches(text).Select(static m => m.Value).ToHashSet();
        Assert.Equal(alerts.Order(), mentioned.Order());
    }

    private static void NeedsPromtool() => Assert.SkipWhen(Promtool.Missing is not null, Promtool.Missing ?? "");

    private static async Task CopyAsync(string path, TempDirectory to, Func<string, string> change)
    {
        var before = await File.ReadAllTextAsync(Path.Combine(Deployment.Prometheus, path), Token);
        Directory.CreateDirectory(Path.GetDirectoryName(to.File(path))!);
        await File.WriteAllTextAsync(to.File(path), change(before), Token);
    }

    /// <summary>The rules as Prometheus itself reads them.</summary>
    private static async Task<IReadOnlyList<PrometheusRule>> RulesAsync()
    {
        Assert.SkipWhen(PrometheusServer.Missing is not null, PrometheusServer.Missing ?? "");
        await using var server = await PrometheusServer.StartAsync(Deployment.Configuration, Token);
        return await server.RulesAsync(Token);
    }

    /// <summary>A page's sections, as links name them.</summary>
    private static HashSet<string> Anchors(string page) =>
        [.. Heading().Matches(page)
            .Select(static m =>
                NotInAnchors().Replace(m.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\bAccountGrid(?!\.)[A-Z]\w+")]
    private static partial Regex AlertName();
}
