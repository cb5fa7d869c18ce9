using System.Globalization;
using System.Text;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// The exclusive right to a data directory: an operating system lock on a file in it, which the system frees when the process
/// ends in whatever way. The file stays behind; only the lock means anything.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "accountgrid.lock";
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <exception cref="SqliteStorageRefusedException">Somebody holds it.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new SqliteStorageRefusedException(
                SqliteStorageRefusal.InUse,
                directory,
                $"The data directory '{directory}' is in use by another process{HolderOf(path)}. Stop that one first, or choose another data directory.");
        }

        // For the person who reads the refusal above; nothing depends on it.
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return new DataDirectoryLock(file);
    }

    public void Dispose() => _file.Dispose();

    // The system's number for it: EWOULDBLOCK on Linux and on macOS, a sharing violation on Windows.
    private static bool IsHeldByAnother(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string HolderOf(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            var text = reader.ReadLine();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? string.Create(CultureInfo.InvariantCulture, $" (process {id})")
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
