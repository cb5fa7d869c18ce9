using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;

namespace AccountGrid.Testing;

/// <summary>
/// A clock that is wrong and a disk that is slow, for one process of a test and at any moment of its life: a few lines of C, compiled where there is a compiler, loaded into
/// that process. Used by one caller at a time.
/// </summary>
public sealed class MachineFaults : IDisposable
{
    private const string Source = "machine_faults.c";
    private readonly TempDirectory _directory;
    private readonly byte[] _numbers = new byte[16];

    private MachineFaults(TempDirectory directory)
    {
        _directory = directory;
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = directory.File("machine_faults.so"),
            ["ACCOUNTGRID_TEST_FAULTS"] = directory.File("faults"),
        };
    }

    /// <summary>What the environment of the process needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>By how much the clock of the process is ahead; negative = behind.</summary>
    public TimeSpan ClockAhead
    {
        get;
        set
        {
            field = value;
            Write(0, value);
        }
    }

    /// <summary>How much longer each sync takes.</summary>
    public TimeSpan SyncDelay
    {
        get;
        set
        {
            field = value;
            Write(8, value);
        }
    }

    /// <summary>Compiles it; <c>null</c> where that is not possible (no Linux, no C compiler).</summary>
    public static async Task<MachineFaults?> TryCreateAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var directory = new TempDirectory();
        try
        {
            // Another user's process (the database server) loads it, too.
            File.SetUnixFileMode(directory.FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            await using (var source = typeof(MachineFaults).Assembly.GetManifestResourceStream(Source)!)
            await using (var file = File.Create(directory.File(Source)))
            {
                await source.CopyToAsync(file, cancellationToken);
            }

            using var compiler = Process.Start(new ProcessStartInfo(
                "cc", ["-shared", "-fPIC", "-O2", "-o", directory.File("machine_faults.so"), directory.File(Source), "-ldl"]))!;
            await compiler.WaitForExitAsync(cancellationToken);
            if (compiler.ExitCode == 0)
            {
                var faults = new MachineFaults(directory);
                await File.WriteAllBytesAsync(directory.File("faults"), faults._numbers, cancellationToken);
                return faults;
            }
        }
        catch (Win32Exception)
        {
            // There is no compiler; the caller says so.
        }

        directory.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    // In place: the process has the file in its memory.
    private void Write(int offset, TimeSpan value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_numbers.AsSpan(offset), (long)value.TotalMicroseconds);
        using var file = File.OpenHandle(_directory.File("faults"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, _numbers, 0);
    }
}
