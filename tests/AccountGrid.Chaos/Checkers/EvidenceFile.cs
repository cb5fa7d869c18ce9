using System.IO.Compression;
using System.Text.Json;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// Evidence in a file: JSON, compressed with gzip. It carries the number of its form; another form than this program's
/// is refused, because a checker that misses a part of the evidence would find nothing in it.
/// </summary>
internal static class EvidenceFile
{
    /// <summary>The name under which a run keeps it.</summary>
    public const string Name = "chaos-evidence.json.gz";

    private const int Form = 1;

    // What follows from other members is computed again.
    private static readonly JsonSerializerOptions Json = new() { IgnoreReadOnlyProperties = true };

    /// <summary>Writes it.</summary>
    public static void Write(string path, Evidence evidence)
    {
        using var file = File.Create(path);
        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        JsonSerializer.Serialize(packed, new Kept(Form, evidence), Json);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is no evidence, or in another form.</exception>
    public static Evidence Read(string path)
    {
        using var file = File.OpenRead(path);
        using var packed = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            return JsonSerializer.Deserialize<Kept>(packed, Json) switch
            {
                { Form: Form, Evidence: { } evidence } => evidence,
                { Form: not Form and var form } =>
                    throw new InvalidDataException($"{path} has the form {form}; this program reads {Form}."),
                _ => throw new InvalidDataException($"{path} has no evidence in it."),
            };
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no evidence: {e.Message}", e);
        }
    }

    private sealed record Kept(int Form, Evidence? Evidence);
}
