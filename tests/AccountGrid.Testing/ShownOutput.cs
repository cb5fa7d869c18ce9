using System.Text.RegularExpressions;

namespace AccountGrid.Testing;

/// <summary>
/// Compares what a page shows with what a command printed, line by line. Four things may differ, each in its place:
/// instants, durations, trace ids, and the folder of a data directory. <c>...</c> on a line of its own stands for any
/// number of lines, within a line for any text. Spaces at the end of a line and empty lines at the end do not count.
/// </summary>
public static partial class ShownOutput
{
    private const string Elision = "...";

    /// <summary>What differs.</summary>
    /// <returns>A sentence with both lines; <c>null</c> where all is as shown.</returns>
    public static string? Difference(IReadOnlyList<string> shown, IReadOnlyList<string> printed)
    {
        var (expected, actual) = (Comparable(shown), Comparable(printed));
        var furthest = (Shown: 0, Printed: 0);
        if (Matches(0, 0))
        {
            return null;
        }

        return $"""
            shown: {LineOf(shown, furthest.Shown)}
            printed: {LineOf(printed, furthest.Printed)}
            all that was printed:
            {string.Join('\n', printed)}
            """;

        bool Matches(int s, int p)
        {
            if (s + p > furthest.Shown + furthest.Printed)
            {
                furthest = (s, p);
            }

            if (s == expected.Length)
            {
                return p == actual.Length;
            }

            return expected[s] == Elision
                ? Enumerable.Range(p, actual.Length - p + 1).Any(next => Matches(s + 1, next))
                : p < actual.Length && IsSame(expected[s], actual[p]) && Matches(s + 1, p + 1);
        }
    }

    /// <summary>The lines without the empty ones at their end.</summary>
    internal static string[] WithoutEmptyEnd(IEnumerable<string> lines) =>
        [.. lines.Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()];

    private static string LineOf(IReadOnlyList<string> lines, int at) =>
        at < lines.Count ? lines[at] : "(nothing more)";

    private static string[] Comparable(IEnumerable<string> lines) =>
        [.. WithoutEmptyEnd(lines).Select(static line => Normalize(line.TrimEnd()))];

    private static string Normalize(string line)
    {
        line = Instant().Replace(line, "<instant>");
        line = Duration().Replace(line, "<duration>");
        line = Trace().Replace(line, "<trace>");
        return DataDirectory().Replace(line, "<folder>/");
    }

    private static bool IsSame(string shown, string printed)
    {
        var pattern = $"^{string.Join(".*", shown.Split(Elision).Select(Regex.Escape))}$";
        return Regex.IsMatch(printed, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Instant();

    [GeneratedRegex(@"\b\d+(\.\d+)? (µs|ms|s|min)(?!\w)")]
    private static partial Regex Duration();

    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex Trace();

    [GeneratedRegex(@"(?<=\s)(/[^/\s]+)+/(?=accountgrid-(data|keys)\b)")]
    private static partial Regex DataDirectory();
}
