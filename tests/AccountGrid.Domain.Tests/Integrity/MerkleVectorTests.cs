using System.Reflection;
using System.Text.Json;

namespace AccountGrid.Domain.Tests.Integrity;

/// <summary>
/// The published probes of proofs, right ones and ones changed in every way (transparency-dev/merkle 417fb0c,
/// Apache-2.0): each is judged as its file says.
/// </summary>
public sealed class MerkleVectorTests
{
    private static readonly string Folder = Path.Combine(
        typeof(MerkleVectorTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "Vectors").Value!, "merkle");

    [Fact]
    public void Every_inclusion_probe_is_judged_as_published() => Judge("inclusion", 98, static probe =>
        MerkleTree.VerifyInclusionOfHash(
            Bytes(probe, "leafHash"), Number(probe, "leafIdx"), Number(probe, "treeSize"), Proof(probe),
            Bytes(probe, "root")));

    [Fact]
    public void Every_consistency_probe_is_judged_as_published() => Judge("consistency", 98, static probe =>
        MerkleTree.VerifyConsistency(
            Number(probe, "size1"), Bytes(probe, "root1"), Number(probe, "size2"), Bytes(probe, "root2"),
            Proof(probe)));

    private static void Judge(string kind, int probes, Func<JsonElement, bool> isRight)
    {
        Assert.SkipUnless(
            Directory.Exists(Folder), "Needs the published Merkle probes beside the repository (shared/vectors).");
        var files = Directory.GetFiles(Path.Combine(Folder, kind), "*.json", SearchOption.AllDirectories);
        Assert.Equal(probes, files.Length);
        Assert.All(files, file =>
        {
            using var probe = JsonDocument.Parse(File.ReadAllText(file));
            Assert.Equal(!probe.RootElement.GetProperty("wantErr").GetBoolean(), isRight(probe.RootElement));
        });
    }

    // Sizes beyond 63 bits are negative here, and refused.
    private static long Number(JsonElement probe, string name) =>
        unchecked((long)probe.GetProperty(name).GetUInt64());

    private static byte[] Bytes(JsonElement probe, string name) =>
        probe.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetBytesFromBase64() : [];

    private static ReadOnlyMemory<byte>[] Proof(JsonElement probe) =>
        probe.GetProperty("proof") is { ValueKind: JsonValueKind.Array } hashes
            ? [.. hashes.EnumerateArray().Select(static h =>
                (ReadOnlyMemory<byte>)(h.ValueKind == JsonValueKind.String ? h.GetBytesFromBase64() : []))]
            : [];
}
