using System.Globalization;

namespace AccountGrid.Application;

/// <summary>A file that is replaced as a whole, so that a reader sees the old content or the new one.</summary>
internal static class WholeFile
{
    /// <summary>Replaces what is in a file, durably. Its folder must exist.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var next = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new");
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
