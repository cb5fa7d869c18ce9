using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests.Stranger;

/// <summary>The bytes in docs/verify-it-yourself.md are those that the silo hashes and signs.</summary>
public sealed partial class WorkedExampleTests
{
    private static readonly string[] Blocks = ReadBlocks();

    private static readonly JournalEntry First = new(
        Stream("a/2"), 1, Microseconds.ToInstant(1796029425992136), Actor.Service("shop"), "registered", 1,
        """{"handle":"suspended"}"""u8.ToArray(), "271297fbd6cc5d5bd24c4a90cf81e7aa", null, null, default);

    private static readonly JournalEntry Second = new(
        Stream("a/2"), 2, Microseconds.ToInstant(1796029427247673), Actor.Operator(OperatorId.Parse("kim")),
        "hold-placed", 1,
        (byte[])[
            .. """{"action":{"kind":"suspend","reason":"ABUSE","note":"for good","ticket":"T-1"},"""u8,
            .. "\"by\":\"op/kim\",\"tier\":\"standard\",\"followers\":0}"u8,
        ],
        "1a9ef830b8019ceb304cdb2f8fa6e3dc", "suspend-2",
        "9f968f696dd350f8441fcf4eee5eb6bf2c74190c1e47d5b3bea1a25041ea7f71", default);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_entries_bytes_give_their_hashes_and_are_those_that_are_hashed()
    {
        Assert.Equal(Hex(1), Convert.ToHexStringLower(SHA256.HashData(Bytes(0))));
        Assert.Equal(Hex(1), Convert.ToHexStringLower(EntryHash.Compute(First, [])));
        Assert.Equal(Hex(3), Convert.ToHexStringLower(SHA256.HashData(Bytes(2))));
        Assert.Equal(Hex(3), Convert.ToHexStringLower(EntryHash.Compute(Second, Convert.FromHexString(Hex(1)))));
    }

    [Fact]
    public void The_tree_over_three_entries_has_these_nodes_and_this_root()
    {
        var leaves = HashesIn(4);
        var nodes = HashesIn(5);
        Assert.Equal(3, leaves.Length);
        Assert.Equal(5, nodes.Length);
        Assert.Equal(leaves.Select(static l => MerkleTree.HashLeaf(l)), nodes[..3]);
        Assert.Equal(MerkleTree.HashNode(nodes[0], nodes[1]), nodes[3]);
        Assert.Equal(MerkleTree.Root([.. leaves.Select(static l => (ReadOnlyMemory<byte>)l)]), nodes[4]);
    }

    [Fact]
    public async Task The_checkpoints_bytes_are_those_that_the_key_of_the_page_signed()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("checkpoints.jsonl"), Blocks[6] + "\n", Token);
        using var log = new FileCheckpointLog(directory.File("checkpoints.jsonl"));
        var checkpoint = (await log.ReadLastAsync(Token))!;

        Assert.Equal(Convert.ToHexStringLower(CheckpointCanonical.Bytes(checkpoint)), Hex(7));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Bytes(7))), Hex(8));
        Assert.Equal(Convert.ToHexStringLower(CheckpointCanonical.Hash(checkpoint)), Hex(8));
        Assert.Equal(SignatureCheck.Valid, CheckpointKeys.FromPem(Blocks[9]).Check(checkpoint));
    }

    [Fact]
    public async Task The_example_is_of_the_database_that_it_names()
    {
        var lines = await File.ReadAllTextAsync(
            RepositoryFiles.PathOf("tests/AccountGrid.Silo.Tests/Earlier/export.jsonl"), Token);
        Assert.All([Hex(1), Hex(3), .. Blocks[4].Split('\n')], hash =>
            Assert.Contains($"\"hash\":\"{hash}\"", lines, StringComparison.Ordinal));
        Assert.Contains(Blocks[6], await File.ReadAllTextAsync(
            RepositoryFiles.PathOf("tests/AccountGrid.Silo.Tests/Earlier/checkpoints.jsonl"), Token),
            StringComparison.Ordinal);
    }

    private static StreamId Stream(string name) =>
        StreamId.TryParse(name, out var stream) ? stream : throw new FormatException(name);

    /// <summary>What stands in a block; text behind two spaces explains the bytes before it.</summary>
    private static string Hex(int block) =>
        string.Concat(Blocks[block].Split('\n').Select(static line => line.Split("  ")[0]));

    private static byte[] Bytes(int block) => Convert.FromHexString(Hex(block));

    private static byte[][] HashesIn(int block) => [.. Blocks[block].Split('\n').Select(Convert.FromHexString)];

    private static string[] ReadBlocks()
    {
        var page = File.ReadAllText(RepositoryFiles.PathOf("docs/verify-it-yourself.md"), Encoding.UTF8);
        return [.. Fence().Matches(page).Select(static m => m.Groups[1].Value)];
    }

    [GeneratedRegex("^```\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
