using System.Buffers.Binary;

namespace AccountGrid.Testing;

/// <summary>
/// A clock that is wrong and a disk that is slow, for one process of a test and at any moment of its life: a few lines
/// of C, compiled where there is a compiler, loaded into that process. Used by one caller at a time.
/// </summary>
public sealed class MachineFaults : IDisposable
{
    private const string Library = "machine_faults";
    private readonly TempDirectory _directory;
    private readonly byte[] _numbers = new byte[16];

    private MachineFaults(TempDirectory directory)
    {
        _directory = directory;
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = directory.File(Library + ".so"),
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
        if (await PreloadedLibrary.TryCompileAsync(typeof(MachineFaults).Assembly, Library, cancellationToken)
            is not { } directory)
        {
            return null;
        }

        var faults = new MachineFaults(directory);
        await File.WriteAllBytesAsync(directory.File("faults"), faults._numbers, cancellationToken);
        return faults;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    // In place: the process has the file in its memory.
    private void Write(int offset, TimeSpan value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_numbers.AsSpan(offset), (long)value.TotalMicroseconds);
        using var file =
            File.OpenHandle(_directory.File("faults"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, _numbers, 0);
    }
}
