namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// The exclusive right to a data directory: an operating system lock on a file in it, which the system frees when the
/// process ends in whatever way. The file stays behind; only the lock means anything.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "accountgrid.lock";
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <exception cref="StorageRefusedException">Another store holds it.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return new DataDirectoryLock(
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new StorageRefusedException(
                StorageRefusal.InUse,
                $"The data directory '{directory}' is in use by another process. Stop that one first, or choose another data directory.");
        }
    }

    public void Dispose() => _file.Dispose();

    // The system's number for it: EWOULDBLOCK on Linux and on macOS, a sharing violation on Windows.
    private static bool IsHeldByAnother(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
