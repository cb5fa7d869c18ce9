using System.Globalization;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>The processor time of another process, where the system tells it (Linux).</summary>
internal static class ProcessorTime
{
    // USER_HZ: 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time so far, in seconds; NaN where it cannot be had.</summary>
    public static double Of(int processId) => Fields(processId) is { } fields ? Seconds(fields, 11, 12) : double.NaN;

    /// <summary>
    /// The same with all children, those that have ended included: a PostgreSQL server is a process for each session.
    /// </summary>
    public static double OfTree(int processId)
    {
        if (Fields(processId) is not { } own)
        {
            return double.NaN;
        }

        var parent = processId.ToString(CultureInfo.InvariantCulture);
        return Seconds(own, 11, 12, 13, 14) + Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? Fields(id)
                : null)
            .Where(fields => fields is not null && fields[1] == parent)
            .Sum(fields => Seconds(fields!, 11, 12));
    }

    private static double Seconds(string[] fields, params ReadOnlySpan<int> places)
    {
        var ticks = 0.0;
        foreach (var place in places)
        {
            ticks += double.Parse(fields[place], CultureInfo.InvariantCulture);
        }

        return ticks / TicksPerSecond;
    }

    /// <summary>The fields of its status from the third on.</summary>
    private static string[]? Fields(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The second field is the program's name in brackets and may hold blanks.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
