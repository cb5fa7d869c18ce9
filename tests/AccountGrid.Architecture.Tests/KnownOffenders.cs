using System.Globalization;

namespace AccountGrid.Architecture.Tests;

/// <summary>
/// What broke a rule when the rule was made, in <c>KnownOffenders.txt</c>: the rule, the number of places, the file.
/// Numbers may only fall. A rule without a line there holds everywhere.
/// </summary>
internal static class KnownOffenders
{
    /// <summary>
    /// Set to 1, it makes the tests write what they find into the list instead of failing, provided that the rule's
    /// total does not rise. For use after a clean-up or a move.
    /// </summary>
    public const string RewriteVariable = "ACCOUNTGRID_TIDY_REWRITE";

    private static readonly Lock Gate = new();

    private static string ListFile { get; } =
        Path.Combine(Repository.Root, "tests/AccountGrid.Architecture.Tests/KnownOffenders.txt");

    /// <summary>Asserts that a rule is broken exactly where the list says.</summary>
    /// <param name="rule">The name of the rule in the list.</param>
    /// <param name="found">What breaks the rule, by file; files without a finding may be left out.</param>
    public static void Hold(string rule, IReadOnlyDictionary<string, string[]> found)
    {
        lock (Gate)
        {
            var lines = File.ReadAllLines(ListFile);
            var known = Known(rule, lines);
            var isRewriting = Environment.GetEnvironmentVariable(RewriteVariable) == "1";
            if (isRewriting && found.Values.Sum(places => places.Length) <= known.Values.Sum())
            {
                File.WriteAllText(ListFile, string.Concat(Rewritten(rule, found, lines).Select(line => line + "\n")));
                return;
            }

            var wrong = Differences(rule, found, known);
            Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        }
    }

    /// <summary>What the list says of a rule: the number of places by file.</summary>
    public static IReadOnlyDictionary<string, int> Known(string rule, IEnumerable<string> lines) =>
        lines.Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', 3)).Where(line => line[0] == rule)
            .ToDictionary(line => line[2], line => int.Parse(line[1], CultureInfo.InvariantCulture));

    /// <summary>Every new offence with its place, and every line of the list that is out of date.</summary>
    public static IReadOnlyList<string> Differences(
        string rule, IReadOnlyDictionary<string, string[]> found, IReadOnlyDictionary<string, int> known)
    {
        var wrong = new List<string>();
        foreach (var file in found.Keys.Union(known.Keys).Order(StringComparer.Ordinal))
        {
            var (now, listed) = (found.GetValueOrDefault(file, []), known.GetValueOrDefault(file));
            if (now.Length > listed)
            {
                wrong.AddRange(now);
                wrong.Add($"{file} breaks the rule '{rule}' {now.Length} times; KnownOffenders.txt allows {listed}.");
            }
            else if (now.Length < listed)
            {
                wrong.Add($"{file} breaks the rule '{rule}' {now.Length} times; "
                    + $"lower the {listed} in KnownOffenders.txt ({RewriteVariable}=1 does it).");
            }
        }

        return wrong;
    }

    /// <summary>The list with the lines of one rule replaced by what was found.</summary>
    public static IEnumerable<string> Rewritten(
        string rule, IReadOnlyDictionary<string, string[]> found, IReadOnlyCollection<string> lines)
    {
        var others = lines.Where(line => !line.StartsWith('#') && line.Split(' ')[0] != rule);
        var its = found.Where(f => f.Value.Length > 0).Select(f => $"{rule} {f.Value.Length} {f.Key}");
        var entries = others.Concat(its)
            .OrderBy(line => line.Split(' ')[0], StringComparer.Ordinal)
            .ThenBy(line => line.Split(' ', 3)[2], StringComparer.Ordinal);
        return [.. lines.Where(line => line.StartsWith('#')), .. entries];
    }
}
