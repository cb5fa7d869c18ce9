using System.Buffers.Binary;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>
/// Finds where SQLite will write next. The file's length does not say: after a checkpoint the log begins anew at its
/// front, and frames of the round before stay behind until they are overwritten. Frames of one round share the salt of
/// the header (https://www.sqlite.org/fileformat2.html, section 4).
/// </summary>
internal static class WriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;

    /// <summary>The offset behind the last frame of the round; 0 where there is no log.</summary>
    public static long End(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return 0;
        }

        var pageSize = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        Span<byte> frame = stackalloc byte[FrameHeaderLength];
        long end = HeaderLength;
        while (file.ReadAtLeast(frame, FrameHeaderLength, throwOnEndOfStream: false) == FrameHeaderLength
            && frame[8..16].SequenceEqual(header[16..24]))
        {
            end += FrameHeaderLength + pageSize;
            file.Position = end;
        }

        return end;
    }
}
