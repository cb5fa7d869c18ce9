using System.Text.RegularExpressions;

namespace AccountGrid.Monitoring.Tests;

/// <summary>
/// What promtool's unit tests ask about alerts, read as far as a test of them needs it: silence is written
/// <c>exp_alerts: []</c>.
/// </summary>
internal static partial class UnitTestFile
{
    /// <summary>Every expectation of a file: the alert, and whether it is to fire.</summary>
    public static IEnumerable<(string Alert, bool Fires)> ExpectationsOf(string text) =>
        Expectation().Matches(text).Select(static m => (m.Groups["alert"].Value, m.Groups["fires"].Success));

    [GeneratedRegex(@"^[\s-]*alertname: (?<alert>\w+)\n\s*exp_alerts:(?:(?<silent> \[\])|(?<fires>\n\s*- exp_labels:))",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Expectation();
}
