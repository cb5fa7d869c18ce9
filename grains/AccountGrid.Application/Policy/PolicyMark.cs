using System.Globalization;
using System.Text;

namespace AccountGrid.Application;

/// <summary>
/// How far the policy record has come, in a file outside the store: the version and the hash of its last entry. A
/// writer to the store who removes entries of the record would make the policy weaker; a silo that knows of them does
/// not start on what is left. Silos that share a data directory share it. Not thread-safe.
/// </summary>
/// <param name="path">The file; made by the first write. Its folder must exist.</param>
public sealed class PolicyMark(string path)
{
    private const int MaxBytes = 1 << 10;

    /// <summary>Compares the record with what is noted.</summary>
    /// <param name="version">The record's last entry; 0 = it has none.</param>
    /// <param name="hash">That entry's hash.</param>
    /// <exception cref="InvalidDataException">
    /// Entries that are noted are missing, or the last one is another, or the file is no mark.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Check(long version, ReadOnlyMemory<byte> hash)
    {
        var (noted, notedHash) = Read();
        if (noted > version || (noted == version && version > 0 && notedHash != Convert.ToHexStringLower(hash.Span)))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The policy record ends with entry {version}, but {path} knows entry {noted}. ")
                + "Entries were removed from the database, or it is an older copy: its policy may be weaker. Restore a "
                + "newer one; if there is none, move the file away, start, and look at the policy.");
        }
    }

    /// <summary>Notes the record's last entry, durably, unless a later one is noted.</summary>
    /// <exception cref="InvalidDataException">The file is no mark.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public void Note(long version, ReadOnlyMemory<byte> hash)
    {
        if (Read().Version >= version)
        {
            return;
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"{version} {Convert.ToHexStringLower(hash.Span)}\n");
        WholeFile.Replace(path, Encoding.ASCII.GetBytes(line));
    }

    private (long Version, string Hash) Read()
    {
        if (!File.Exists(path))
        {
            return (0, "");
        }

        var text = new FileInfo(path).Length <= MaxBytes ? File.ReadAllText(path) : "";
        return text.TrimEnd().Split(' ') is [var version, { Length: 64 } hash]
            && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var noted)
            ? (noted, hash)
            : throw new InvalidDataException(
                $"{path} is no mark of the policy record: a version and a hash. Move it away, start, and look at the "
                + "policy.");
    }
}
