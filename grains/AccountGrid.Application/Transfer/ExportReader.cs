using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AccountGrid.Application;

/// <summary>How lines stand in the file: as journals and snapshots do.</summary>
internal static class ExportFormat
{
    /// <summary>Longest line in bytes: more than any entry or part of followers can need.</summary>
    public const int MaxLineLength = 1 << 20;

    public static ExportContext Context { get; } = new(Payload.Options());

    public static JsonTypeInfo<ExportLine> Line { get; } =
        (JsonTypeInfo<ExportLine>)Context.GetTypeInfo(typeof(ExportLine))!;
}

/// <summary>Reads the lines of an export and checks their digest.</summary>
internal static class ExportReader
{
    /// <summary>
    /// The lines with their numbers, from 1. The last is the end, with the digest of what came before it.
    /// </summary>
    /// <exception cref="ExportDamagedException">
    /// A line is none, or the file is cut, changed or longer than its end.
    /// </exception>
    public static async IAsyncEnumerable<(long Number, ExportLine Line)> ReadAsync(
        Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (number, ended) = (0L, false);
        await foreach (var bytes in LinesAsync(input, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (ended)
            {
                throw new ExportDamagedException(number, "something follows the end");
            }

            var line = Parse(bytes, number);
            if (line is ExportLine.End end)
            {
                ended = true;
                if (end.Sha256 != Convert.ToHexStringLower(digest.GetCurrentHash()))
                {
                    throw new ExportDamagedException(
                        number, "the file was changed: what is before does not have its digest");
                }
            }

            digest.AppendData(bytes);
            digest.AppendData("\n"u8);
            yield return (number, line);
        }

        if (!ended)
        {
            throw new ExportDamagedException(0, "The file is cut: it has no end");
        }
    }

    private static ExportLine Parse(byte[] line, long number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ExportFormat.Line) ?? throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // The cause is not passed on: it can quote a note.
            throw new ExportDamagedException(number, "it is no line of an export");
        }
    }

    private static async IAsyncEnumerable<byte[]> LinesAsync(
        Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        for (var number = 1L; ;)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            for (; buffer.PositionOf((byte)'\n') is { } feed; number++)
            {
                yield return buffer.Slice(0, feed).ToArray();
                buffer = buffer.Slice(buffer.GetPosition(1, feed));
            }

            if (buffer.Length > ExportFormat.MaxLineLength)
            {
                throw new ExportDamagedException(number, $"it is longer than {ExportFormat.MaxLineLength} bytes");
            }

            if (read.IsCompleted)
            {
                if (!buffer.IsEmpty)
                {
                    throw new ExportDamagedException(number, "the file is cut in the middle of a line");
                }

                break;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync().ConfigureAwait(false);
    }
}
