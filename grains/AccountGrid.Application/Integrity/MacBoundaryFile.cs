using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Boundaries in a file outside the store, one JSON object per line, where a writer to the store cannot remove them.
/// Silos that share a data directory share it: it is replaced as a whole, and all of them learn the same from the
/// store. Not thread-safe; <see cref="MacBoundaries"/> calls it in turn.
/// </summary>
/// <param name="path">The file; made by the first write. Its folder must exist.</param>
public sealed class MacBoundaryFile(string path)
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Every boundary in it; a torn last line is what a crash leaves, and is not read.</summary>
    /// <exception cref="InvalidDataException">A line is no boundary, or the file is longer than 1 MiB.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ImmutableArray<MacBoundary> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException($"{path} is longer than {MaxBytes} bytes.");
        }

        var text = File.ReadAllText(path);
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(Parse)];
    }

    /// <summary>Replaces what is in it, durably.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(IEnumerable<MacBoundary> boundaries)
    {
        using var lines = new MemoryStream();
        foreach (var boundary in boundaries)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(Line.Of(boundary), MacBoundaryContext.Default.Line));
            lines.WriteByte((byte)'\n');
        }

        WholeFile.Replace(path, lines.ToArray());
    }

    private MacBoundary Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, MacBoundaryContext.Default.Line)!.ToBoundary();
        }
        catch (Exception e) when (e is JsonException or FormatException or NullReferenceException)
        {
            throw new InvalidDataException($"{path} holds a line that is no boundary of MACs.", e);
        }
    }

    /// <summary>A boundary in the file.</summary>
    internal sealed record Line(long Position, DateTimeOffset At, string KeyId, string Signature)
    {
        public static Line Of(MacBoundary b) =>
            new(b.Position, b.At, b.KeyId, Convert.ToHexStringLower(b.Signature.Span));

        public MacBoundary ToBoundary() =>
            new(Position, Microseconds.Truncate(At), KeyId, Convert.FromHexString(Signature));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MacBoundaryFile.Line))]
internal sealed partial class MacBoundaryContext : JsonSerializerContext;
