using System.Diagnostics;
using System.Globalization;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// Makes the disk of a server process slower by a fixed time per sync, for machines whose disks answer too fast to be true: a few lines
/// of C, compiled where there is a compiler, loaded into both baseline and ours.
/// </summary>
internal sealed class SyncDelay : IDisposable
{
    private readonly TempDirectory _directory;

    private SyncDelay(TempDirectory directory, TimeSpan delay)
    {
        _directory = directory;
        Delay = delay;
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = directory.File("sync_delay.so"),
            ["ACCOUNTGRID_SYNC_DELAY_US"] = ((long)delay.TotalMicroseconds).ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>How much longer each sync takes.</summary>
    public TimeSpan Delay { get; }

    /// <summary>What a server's environment needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Compiles it; <c>null</c> where that is not possible (no Linux, no C compiler).</summary>
    public static async Task<SyncDelay?> TryCreateAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !OperatingSystem.IsLinux())
        {
            return null;
        }

        var directory = new TempDirectory();
        try
        {
            await using (var source = typeof(SyncDelay).Assembly.GetManifestResourceStream("sync_delay.c")!)
            await using (var file = File.Create(directory.File("sync_delay.c")))
            {
                await source.CopyToAsync(file, cancellationToken);
            }

            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O2", "-o", directory.File("sync_delay.so"), directory.File("sync_delay.c"), "-ldl"]));
            await compiler!.WaitForExitAsync(cancellationToken);
            if (compiler.ExitCode == 0)
            {
                // A database server may run as another user.
                File.SetUnixFileMode(directory.FullPath, (UnixFileMode)Convert.ToInt32("755", 8));
                return new SyncDelay(directory, delay);
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no compiler; the caller says so in its report.
        }

        directory.Dispose();
        return null;
    }

    public void Dispose() => _directory.Dispose();
}
