using System.Globalization;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// Makes the disk of a server process slower by a fixed time per sync, for machines whose disks answer too fast to be
/// true: a few lines of C, compiled where there is a compiler, loaded into both baseline and ours.
/// </summary>
internal sealed class SyncDelay : IDisposable
{
    private const string Library = "sync_delay";
    private readonly TempDirectory _directory;

    private SyncDelay(TempDirectory directory, TimeSpan delay)
    {
        _directory = directory;
        Delay = delay;
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = directory.File(Library + ".so"),
            ["ACCOUNTGRID_SYNC_DELAY_US"] = ((long)delay.TotalMicroseconds).ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>How much longer each sync takes.</summary>
    public TimeSpan Delay { get; }

    /// <summary>What a server's environment needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Compiles it; <c>null</c> where that is not possible (no Linux, no C compiler).</summary>
    public static async Task<SyncDelay?> TryCreateAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        await PreloadedLibrary.TryCompileAsync(typeof(SyncDelay).Assembly, Library, cancellationToken) is { } directory
            ? new SyncDelay(directory, delay)
            : null;

    public void Dispose() => _directory.Dispose();
}
