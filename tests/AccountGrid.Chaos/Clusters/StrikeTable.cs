using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// What each fault, or each pair of them, cost the clients, and what was found behind it; over all strikes of a run.
/// Its text is a table in Markdown. Used by one caller at a time.
/// </summary>
internal sealed class StrikeTable
{
    private const double NearlyAll = 0.99;
    private readonly List<string> _order = [];
    private readonly Dictionary<string, Line> _lines = [];

    /// <summary>Whether nothing was struck and nothing was found.</summary>
    public bool IsEmpty => _order.Count == 0;

    /// <summary>A strike is over.</summary>
    /// <param name="what">The fault or the pair.</param>
    /// <param name="availability">From its first moment to the pause for the checks.</param>
    public void Struck(string what, Availability availability) => Of(what).Strikes.Add(availability);

    /// <summary>What was found behind a strike, or at another time.</summary>
    /// <param name="what">The fault or the pair, or the time.</param>
    /// <param name="found">Names of requirements that did not hold; none = everything held.</param>
    public void Found(string what, IEnumerable<string> found)
    {
        foreach (var check in found)
        {
            var line = Of(what);
            line.Found[check] = line.Found.GetValueOrDefault(check) + 1;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', _order.Select(Say).Prepend("""
        | What | Strikes | Gap: median | 99 % | most | Failed attempts | Never answered | Found |
        | --- | --- | --- | --- | --- | --- | --- | --- |
        """));

    private Line Of(string what)
    {
        if (!_lines.TryGetValue(what, out var line))
        {
            _lines[what] = line = new Line();
            _order.Add(what);
        }

        return line;
    }

    private string Say(string what)
    {
        var (strikes, found) = (_lines[what].Strikes, _lines[what].Found);
        var gaps = strikes.SelectMany(static s => s.Gaps).Order().ToImmutableArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| `{what}` | {strikes.Count} | {At(gaps, 0.5)} | {At(gaps, NearlyAll)} | {At(gaps, 1)} | "
                + $"{Failed(strikes)} | {strikes.Sum(static s => s.Unknown)} | {List(found, "nothing")} |");
    }

    /// <summary>The smallest gap that so large a part of all gaps does not exceed.</summary>
    private static string At(ImmutableArray<TimeSpan> gaps, double part) => gaps.IsEmpty
        ? "-"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{gaps[Math.Max((int)Math.Ceiling(part * gaps.Length) - 1, 0)].TotalSeconds:0.0} s");

    private static string Failed(IEnumerable<Availability> strikes) => List(
        strikes.SelectMany(static s => s.Errors).GroupBy(static e => e.Key, static e => e.Value)
            .ToDictionary(static g => g.Key, static g => g.Sum()),
        "none");

    private static string List(Dictionary<string, int> counts, string nothing) => counts.Count == 0
        ? nothing
        : string.Join(
            ", ",
            counts.OrderBy(static c => c.Key, StringComparer.Ordinal)
                .Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {c.Key}")));

    private sealed class Line
    {
        public List<Availability> Strikes { get; } = [];

        public Dictionary<string, int> Found { get; } = [];
    }
}
