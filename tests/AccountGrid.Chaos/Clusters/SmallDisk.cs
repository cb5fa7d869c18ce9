using System.Globalization;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// A file system of a fixed size in memory, for a server that shall meet its end of space. Linux, root. Used by one
/// caller at a time.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Megabytes = 512;
    private const int Chunk = 1 << 20;
    private readonly TempDirectory _directory;

    private SmallDisk(TempDirectory directory) => _directory = directory;

    /// <summary>Where it is mounted.</summary>
    public string FullPath => _directory.File("disk");

    private string Ballast => Path.Combine(FullPath, "ballast");

    /// <summary>Mounts it.</summary>
    /// <returns>The disk, or <c>null</c> and why there is none.</returns>
    public static async Task<(SmallDisk? Disk, string Missing)> TryCreateAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return (null, "mounting a file system of a fixed size needs Linux and root");
        }

        var directory = new TempDirectory();
        var disk = new SmallDisk(directory);
        try
        {
            // The server runs as another user.
            File.SetUnixFileMode(
                directory.FullPath, File.GetUnixFileMode(directory.FullPath) | UnixFileMode.OtherExecute);
            Directory.CreateDirectory(disk.FullPath);
            await Machine.RunAsync("mount", "-t", "tmpfs", "-o",
                string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m"), "accountgrid-chaos", disk.FullPath);
            return (disk, "");
        }
        catch (MachineException e)
        {
            directory.Dispose();
            return (null, "a file system of a fixed size cannot be mounted here: " + e.Message);
        }
    }

    /// <summary>Takes all the space that is left, beside what it has taken before.</summary>
    /// <returns>How much it was, in bytes.</returns>
    public long Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var before = file.Length;
        var block = new byte[Chunk];
        for (var size = Chunk; size >= 4096; size /= 2)
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // No room for that much; perhaps for less.
            }
        }

        return file.Length - before;
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(Ballast);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Machine.RunAsync("umount", FullPath);
        }
        catch (MachineException)
        {
            await Machine.RunAsync("umount", "-l", FullPath);
        }

        _directory.Dispose();
    }
}
