using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Checkpoints in a file, one JSON object per line, flushed to the disk before an append returns. A last line without
/// its line feed is what a crash leaves: it was never acknowledged, is not read, and is cut off by the next append.
/// Thread-safe; a lock file beside it keeps other processes from appending.
/// </summary>
/// <param name="path">The file; made by the first append. Its folder must exist.</param>
public sealed class FileCheckpointLog(string path) : ICheckpointLog, IDisposable
{
    /// <summary>The longest line, in bytes, its line feed not counted.</summary>
    public const int MaxLineLength = 4096;

    private readonly SemaphoreSlim _oneWriter = new(1, 1);

    /// <inheritdoc />
    public async Task<AppendResult> AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        await _oneWriter.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Flushing to the disk blocks: not on the caller's thread, which may be a grain's.
            return await Task.Run(() => Append(checkpoint), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    /// <inheritdoc />
    public async Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var file = OpenToRead();
        await using (file.ConfigureAwait(false))
        {
            return ReadEnd(file).Last;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<Checkpoint> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        var file = OpenToRead();
        await using (file.ConfigureAwait(false))
        {
            var buffer = new byte[MaxLineLength + 1];
            var (filled, line) = (0, 0L);
            while (true)
            {
                var read = await file.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                filled += read;
                var from = 0;
                for (int feed; (feed = buffer.AsSpan(from, filled - from).IndexOf((byte)'\n')) >= 0; from += feed + 1)
                {
                    yield return Parse(buffer.AsSpan(from, feed), ++line);
                }

                buffer.AsSpan(from, filled - from).CopyTo(buffer);
                filled -= from;
                if (filled == buffer.Length)
                {
                    throw new CheckpointLogDamagedException(line + 1, $"it is longer than {MaxLineLength} bytes");
                }

                if (read == 0)
                {
                    yield break;
                }
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _oneWriter.Dispose();

    private AppendResult Append(Checkpoint checkpoint)
    {
        using var otherProcesses =
            new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var file =
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var (last, end) = ReadEnd(file);
        if (checkpoint.Number != (last?.Number ?? 0) + 1)
        {
            return AppendResult.Conflict;
        }

        byte[] line =
            [.. JsonSerializer.SerializeToUtf8Bytes(
                CheckpointLine.Of(checkpoint), CheckpointLineContext.Default.CheckpointLine), (byte)'\n'];
        file.SetLength(end);
        file.Position = end;
        file.Write(line);
        file.Flush(flushToDisk: true);
        return AppendResult.Appended;
    }

    private FileStream OpenToRead() =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.Asynchronous);

    /// <summary>The last whole line, and where it ends: what follows is torn.</summary>
    private static (Checkpoint? Last, long End) ReadEnd(FileStream file)
    {
        // Enough for a torn line behind a whole one, each with the line feed before it.
        var length = (int)Math.Min(file.Length, 2 * (MaxLineLength + 1));
        var buffer = new byte[length];
        var start = file.Length - length;
        file.Position = start;
        file.ReadExactly(buffer);
        var feed = buffer.AsSpan().LastIndexOf((byte)'\n');
        var tornLength = length - (feed + 1);
        if (tornLength > MaxLineLength)
        {
            throw new CheckpointLogDamagedException(0, $"its last line is longer than {MaxLineLength} bytes");
        }

        if (feed < 0)
        {
            return (null, 0);
        }

        var before = buffer.AsSpan(0, feed).LastIndexOf((byte)'\n');
        return (Parse(buffer.AsSpan(before + 1, feed - before - 1), number: 0), start + feed + 1);
    }

    private static Checkpoint Parse(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(line, CheckpointLineContext.Default.CheckpointLine)
                ?? throw new CheckpointLogDamagedException(number, "it is null");
            return parsed.Format == CheckpointLine.CurrentFormat
                ? parsed.ToCheckpoint()
                : throw new CheckpointLogDamagedException(number, $"its format {parsed.Format} is unknown");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new CheckpointLogDamagedException(number, "it is no checkpoint");
        }
    }
}

/// <summary>A checkpoint as a line of JSON; hashes in lower-case hex.</summary>
internal sealed record CheckpointLine(
    int Format, long Number, long Position, string Root, string Previous, DateTimeOffset At, string KeyId,
    string Signature)
{
    public const int CurrentFormat = 1;

    public static CheckpointLine Of(Checkpoint checkpoint) => new(
        CurrentFormat, checkpoint.Number, checkpoint.Position, Convert.ToHexStringLower(checkpoint.Root.Span),
        Convert.ToHexStringLower(checkpoint.Previous.Span), checkpoint.At, checkpoint.KeyId,
        Convert.ToHexStringLower(checkpoint.Signature.Span));

    public Checkpoint ToCheckpoint() => new(
        Number, Position, Convert.FromHexString(Root), Convert.FromHexString(Previous), Microseconds.Truncate(At),
        KeyId, Convert.FromHexString(Signature));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointLine))]
internal sealed partial class CheckpointLineContext : JsonSerializerContext;
