using System.Globalization;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>Prints a report as a table with aligned columns.</summary>
internal static class ReportPrinter
{
    private static readonly string[] Header = ["work", "baseline", "ours", "ratio", "min-max", "goal", "met"];

    /// <summary>Prints it.</summary>
    public static void Print(TextWriter output, string name, Report report)
    {
        var lines = new List<string[]> { Header };
        lines.AddRange(report.Rows.Select(Cells));
        var widths = Enumerable.Range(0, Header.Length).Select(c => lines.Max(l => l[c].Length)).ToArray();
        output.WriteLine($"{name}: {report.Title}");
        output.WriteLine();
        for (var i = 0; i < lines.Count; i++)
        {
            output.WriteLine(Line(lines[i], widths));
            if (i == 0)
            {
                output.WriteLine("  " + string.Join("  ", widths.Select(w => new string('-', w))));
            }
        }

        output.WriteLine();
        WriteLabelled(output, "disk", report.Disk is null ? [] : [report.Disk.ToString()]);
        WriteLabelled(output, "verified", report.Verified);
        WriteLabelled(output, "note", report.Notes);
        output.WriteLine();
        output.Flush();
    }

    private static string[] Cells(Row row) =>
    [
        row.Work,
        row.Baseline is { } baseline ? row.Unit(baseline) : "-",
        row.Unit(row.Ours),
        row.Ratio is null ? "-" : Times(row.Ratio.Median),
        row.Ratio is null ? "-" : $"{Times(row.Ratio.Min)}-{Times(row.Ratio.Max)}",
        row.Goal.ToString(),
        row.Goal.IsMet(row.Ratio, row.Ours) switch { true => "yes", false => "NO", null => "-" },
    ];

    // Words to the left, figures to the right.
    private static string Line(string[] cells, int[] widths) =>
        ("  "
            + string.Join("  ",
                cells.Select((cell, c) =>
                    c is 0 or > 4 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])))).TrimEnd();

    private static string Times(double ratio) => ratio switch
    {
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0}x"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}x"),
    };

    private static void WriteLabelled(TextWriter output, string label, IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            output.WriteLine($"  {label + ":",-10}{line}");
        }
    }
}
