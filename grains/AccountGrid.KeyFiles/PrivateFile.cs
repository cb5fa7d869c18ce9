using System.Security.Cryptography;
using System.Text;

namespace AccountGrid.KeyFiles;

/// <summary>A small text file that only its owner may read. Nothing of its content appears in a message.</summary>
public static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Reads the file. Where files have a mode, it must give no right to the group and to others; a link is followed,
    /// and the mode is that of the file it leads to.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">The greatest accepted length, in bytes.</param>
    /// <exception cref="InvalidDataException">
    /// Others than the owner may use the file, it is too long, or it is a link to no file. The message begins with the
    /// path.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public static string Read(string path, int maxLength)
    {
        RequireTarget(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);

        // Asked of the open file and not of the path, so that a file put in its place meanwhile cannot pass.
        if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(file.SafeFileHandle) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new InvalidDataException($"{path} may be read by others: its mode must be 0600.");
        }

        if (file.Length > maxLength)
        {
            throw new InvalidDataException($"{path} is larger than {maxLength} bytes.");
        }

        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Creates the file with mode 0600, its whole text on disk before it has its name.</summary>
    /// <returns>Whether it was created; a file that has the name already is left as it is.</returns>
    /// <exception cref="InvalidDataException">The path is a link to no file.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write in the directory.</exception>
    public static bool TryCreate(string path, string text)
    {
        RequireTarget(path);
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            // Without overwriting: of two processes that create the file at once, the second uses that of the first.
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void RequireTarget(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false } target)
        {
            throw new InvalidDataException($"{path} is a link to {target.FullName}, which does not exist.");
        }
    }
}
