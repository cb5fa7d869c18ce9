using System.Diagnostics;
using System.Globalization;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// What one durable write costs on the disk under test: 4 KiB written and synced, over and over, in the same directory
/// as the data.
/// </summary>
/// <param name="Median">The middle one.</param>
/// <param name="P99">Only one in a hundred takes longer.</param>
internal sealed record SyncCost(TimeSpan Median, TimeSpan P99)
{
    private const int Most = 400;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Measures it. Leaves nothing behind.</summary>
    public static SyncCost Measure(string directory)
    {
        var path = Path.Combine(directory, "sync-cost.tmp");
        var block = new byte[4096];
        var took = new List<TimeSpan>(Most);
        try
        {
            using var file =
                File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None,
                    preallocationSize: 1 << 20);
            for (var began = Stopwatch.GetTimestamp(); took.Count < Most && Stopwatch.GetElapsedTime(began) < Longest;)
            {
                var start = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, took.Count % 256 * block.Length);
                RandomAccess.FlushToDisk(file);
                took.Add(Stopwatch.GetElapsedTime(start));
            }
        }
        finally
        {
            File.Delete(path);
        }

        took.Sort();
        return new SyncCost(took[took.Count / 2], took[took.Count * 99 / 100]);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"4 KiB write + sync: median {Median.TotalMicroseconds:0} us, p99 {P99.TotalMicroseconds:0} us");
}
