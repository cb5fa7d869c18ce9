using System.Globalization;
using System.Text.RegularExpressions;

namespace AccountGrid.Testing;

/// <summary>What a process serves at <c>/metrics</c>, in Prometheus' text format.</summary>
public sealed partial class Exposition
{
    /// <summary>Reads a scrape.</summary>
    public Exposition(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.Split(' ') is [_, _, var name, var type])
            {
                Types[name] = type;
            }
            else if (line[0] != '#')
            {
                Series.Add(line[..line.LastIndexOf(' ')]);
            }
        }
    }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>The type of each metric by name.</summary>
    public SortedDictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Every series: name and labels.</summary>
    public SortedSet<string> Series { get; } = new(StringComparer.Ordinal);

    /// <summary>Every label's name and value that there is.</summary>
    public IEnumerable<(string Name, string Value)> Labels =>
        Series.SelectMany(static s => Label().Matches(s)).Select(static m => (m.Groups[1].Value, m.Groups[2].Value))
            .Distinct();

    /// <summary>The names of one metric's labels, but for a histogram's <c>le</c>.</summary>
    public IEnumerable<string> LabelsOf(string metric) => Series
        .Where(s => s == metric || s.StartsWith(metric + "{", StringComparison.Ordinal)
            || s.StartsWith(metric + "_bucket{", StringComparison.Ordinal))
        .SelectMany(static s => Label().Matches(s)).Select(static m => m.Groups[1].Value).Where(static l => l != "le")
        .Distinct().Order(StringComparer.Ordinal);

    /// <summary>The value of one series, written as it is served; no number where there is no such series.</summary>
    public double this[string series] =>
        Text.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
        ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
        : double.NaN;

    [GeneratedRegex("""([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"[,}]""")]
    private static partial Regex Label();
}
