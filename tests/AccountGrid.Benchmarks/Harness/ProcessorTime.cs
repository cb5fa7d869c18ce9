using System.Globalization;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>The processor time of another process, where the system tells it (Linux).</summary>
internal static class ProcessorTime
{
    // USER_HZ: 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time so far, in seconds; NaN where it cannot be had.</summary>
    public static double Of(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The second field is the program's name in brackets and may hold blanks.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
        catch (IOException)
        {
            return double.NaN;
        }
    }
}
