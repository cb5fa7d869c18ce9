namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// Makes directories and files for their owner alone, where files have a mode. What exists is left as it is. Stateless.
/// </summary>
internal static class OwnerOnly
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ReadByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode EnteredByOthers = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes a directory, and those above it.</summary>
    public static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
        }
    }

    /// <summary>
    /// Makes an empty file, which SQLite takes for a new database; it gives the mode to the files beside it, too.
    /// </summary>
    public static void MakeFile(string path)
    {
        if (File.Exists(path) || OperatingSystem.IsWindows())
        {
            return;
        }

        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = Owner,
        });
    }

    /// <summary>Whether other users may read a file, because its mode and its directory's let them.</summary>
    public static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & ReadByOthers) != 0
        && (File.GetUnixFileMode(Path.GetDirectoryName(Path.GetFullPath(path))!) & EnteredByOthers) != 0;
}
