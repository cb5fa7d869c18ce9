using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests.Stranger;

/// <summary>
/// A verifier of another language, written from the public page, judges what real silos wrote, and finds what was
/// changed.
/// </summary>
public sealed class StrangersVerifierTests(JournalOfASilo journal) : IClassFixture<JournalOfASilo>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_is_intact_and_what_is_not_signed_yet_is_counted()
    {
        using var copy = CopyOrSkip();

        var (intact, printed) = await StrangersVerifier.RunAsync(copy);

        Assert.True(intact, printed);
        var entries = JournalOfASilo.Count(copy, "SELECT count(*) FROM journal");
        Assert.Contains(
            $"intact: {entries} entries, {JournalOfASilo.Unsigned} of them not signed yet", printed,
            StringComparison.Ordinal);
        Assert.Equal(2, JournalOfASilo.Count(copy, "SELECT count(*) FROM checkpoint"));
        Assert.Equal(3, JournalOfASilo.Count(copy, "SELECT count(DISTINCT actor_kind) FROM journal"));
        Assert.Equal(3, JournalOfASilo.Count(copy, "SELECT count(DISTINCT typeof(request_id)) FROM journal"));
    }

    [Fact]
    public async Task Its_export_is_intact_and_a_changed_one_is_found()
    {
        using var copy = CopyOrSkip();
        await ExportAsync(copy, new Dictionary<string, string>());

        var (intact, printed) = await StrangersVerifier.RunAsync(copy, "export.jsonl");
        Assert.True(intact, printed);

        await RewriteAsync(copy.File("export.jsonl"), "ein_vogel", "one_vogel");
        (intact, printed) = await StrangersVerifier.RunAsync(copy, "export.jsonl");
        Assert.False(intact, printed);
        Assert.Contains("the export is cut or changed", printed, StringComparison.Ordinal);

        var lines = await File.ReadAllLinesAsync(copy.File("export.jsonl"), Token);
        var end = JsonNode.Parse(lines[^1])!;
        var before = Encoding.UTF8.GetBytes(string.Concat(lines[..^1].Select(static l => l + "\n")));
        end["sha256"] = Convert.ToHexStringLower(SHA256.HashData(before));
        await File.WriteAllTextAsync(
            copy.File("export.jsonl"), string.Join('\n', [.. lines[..^1], end.ToJsonString(), ""]), Token);
        (intact, printed) = await StrangersVerifier.RunAsync(copy, "export.jsonl");
        Assert.False(intact, printed);
        Assert.Contains("a/1 entry 1", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_a_cluster_is_intact()
    {
        Assert.SkipWhen(StrangersVerifier.Missing is not null, StrangersVerifier.Missing ?? "");
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartNewAsync();
        using var directory = new TempDirectory();
        var storage = new Dictionary<string, string> { ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString() };
        await JournalOfASilo.PlayAsync(directory, storage);
        await ExportAsync(directory, storage);

        var (intact, printed) = await StrangersVerifier.RunAsync(directory, "export.jsonl");

        Assert.True(intact, printed);
        Assert.Contains($", {JournalOfASilo.Unsigned} of them not signed yet", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream = 'a/99'")]
    [InlineData("at = at + 1")]
    [InlineData("actor_kind = 1")]
    [InlineData("actor = 'shoo'")]
    [InlineData("type = 'registereD'")]
    [InlineData("type_version = 2")]
    [InlineData("payload = CAST(replace(CAST(payload AS TEXT), 'three', 'thref') AS BLOB)")]
    [InlineData("trace_id = zeroblob(16)")]
    [InlineData("trace_id = NULL")]
    [InlineData("request_id = zeroblob(16)")]
    [InlineData("request_id = NULL")]
    [InlineData("request_digest = zeroblob(32)")]
    [InlineData("request_digest = NULL")]
    [InlineData("hash = zeroblob(32)")]
    public async Task A_changed_entry_is_found(string change)
    {
        using var copy = CopyOrSkip();
        var position = JournalOfASilo.Count(copy, "SELECT position FROM journal WHERE stream = 'a/3' AND sequence = 1");
        JournalOfASilo.Edit(copy, $"UPDATE journal SET {change} WHERE position = {position}");

        await FoundAsync(copy, $"at position {position}: it does not hash to its hash");
    }

    [Theory]
    [InlineData("DELETE FROM journal WHERE position = 3", "there is no entry at position 3")]
    [InlineData("DELETE FROM journal WHERE position = (SELECT max(position) FROM journal)",
        "a/8 has 0 entries, and its index row says 1")]
    [InlineData("""
        DELETE FROM journal WHERE stream IN ('a/7', 'a/8', 'a/6');
        DELETE FROM account_index WHERE account IN (7, 8, 6);
        """, "checkpoint 2 covers entries that are missing")]
    [InlineData("""
        UPDATE journal SET position = -1 WHERE stream = 'a/4';
        UPDATE journal SET position = (SELECT position FROM journal WHERE stream = 'a/5') - 1 WHERE stream = 'a/5';
        UPDATE journal SET position = (SELECT position FROM journal WHERE stream = 'a/5') + 1 WHERE position = -1;
        """, "checkpoint 2 signs another root")]
    public async Task A_removed_or_moved_entry_is_found(string edit, string expected)
    {
        using var copy = CopyOrSkip();
        JournalOfASilo.Edit(copy, edit);

        await FoundAsync(copy, expected);
    }

    [Fact]
    public async Task An_entry_that_was_removed_without_a_gap_is_found()
    {
        using var copy = CopyOrSkip();
        var position = JournalOfASilo.Count(copy, "SELECT position FROM journal WHERE stream = 'a/4'");
        JournalOfASilo.Edit(copy, $"""
            DELETE FROM journal WHERE position = {position};
            DELETE FROM account_index WHERE account = 4;
            UPDATE journal SET position = -position WHERE position > {position};
            UPDATE journal SET position = -position - 1 WHERE position < 0;
            """);

        await FoundAsync(copy, "checkpoint 2 signs another root");
    }

    [Theory]
    [InlineData("root", "checkpoint 1: the signature is wrong")]
    [InlineData("signature", "checkpoint 1: the signature is wrong")]
    [InlineData("at", "checkpoint 1: the signature is wrong")]
    [InlineData("position", "checkpoint 1: the signature is wrong")]
    [InlineData("number", "checkpoint 9: number 1 was expected")]
    [InlineData("keyId", "checkpoint 1: signed by a key that is not trusted")]
    [InlineData("previous", "checkpoint 1: does not follow the one before")]
    [InlineData("format", "unknown format")]
    public async Task An_edited_checkpoint_of_the_log_is_found(string member, string expected)
    {
        using var copy = CopyOrSkip();
        var file = copy.File("checkpoints.jsonl");
        var lines = await File.ReadAllLinesAsync(file, Token);
        var line = JsonNode.Parse(lines[0])!.AsObject();
        line[member] = member switch
        {
            "number" or "format" => 9,
            "position" => line["position"]!.GetValue<long>() + 1,
            "at" => "2026-11-30T09:04:01.853409+00:00",
            "previous" => new string('0', 64),
            _ => Flipped(line[member]!.GetValue<string>()),
        };
        await File.WriteAllTextAsync(file, string.Join('\n', [line.ToJsonString(), .. lines[1..], ""]), Token);

        await FoundAsync(copy, expected);
    }

    [Theory]
    [InlineData("UPDATE checkpoint SET root = zeroblob(32) WHERE number = 1")]
    [InlineData("UPDATE checkpoint SET at = at + 1 WHERE number = 2")]
    [InlineData("DELETE FROM checkpoint WHERE number = 1")]
    public async Task An_edited_checkpoint_of_the_database_is_found(string edit)
    {
        using var copy = CopyOrSkip();
        JournalOfASilo.Edit(copy, edit);

        await FoundAsync(copy, "the store and the log differ about a checkpoint");
    }

    [Fact]
    public async Task A_checkpoint_that_only_the_database_has_needs_a_good_signature_too()
    {
        using var copy = CopyOrSkip();
        var lines = await File.ReadAllLinesAsync(copy.File("checkpoints.jsonl"), Token);
        await File.WriteAllTextAsync(copy.File("checkpoints.jsonl"), lines[0] + "\n", Token);

        var (intact, printed) = await StrangersVerifier.RunAsync(copy);
        Assert.True(intact, printed);
        Assert.Contains("the newest 1 checkpoints are in the store only", printed, StringComparison.Ordinal);

        JournalOfASilo.Edit(copy, "UPDATE checkpoint SET root = zeroblob(32) WHERE number = 2");
        await FoundAsync(copy, "checkpoint 2: the signature is wrong");
    }

    [Fact]
    public async Task Another_key_is_found()
    {
        using var copy = CopyOrSkip();
        var file = Directory.GetFiles(copy.FullPath, "*.pub.pem").Single();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(file, other.ExportSubjectPublicKeyInfoPem(), Token);

        await FoundAsync(copy, "checkpoint 2: signed by a key that is not trusted");
    }

    private static async Task FoundAsync(TempDirectory directory, string expected)
    {
        var (intact, printed) = await StrangersVerifier.RunAsync(directory);
        Assert.False(intact, printed);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
    }

    private static async Task ExportAsync(TempDirectory directory, IReadOnlyDictionary<string, string> storage)
    {
        var options = JournalOfASilo.OptionsOf(directory, storage);
        var (exitCode, output) = await SiloProcess.RunToEndAsync(
            options with { Arguments = ["export", "--output", directory.File("export.jsonl")] }, Token);
        Assert.True(exitCode == 0, output);
    }

    private static async Task RewriteAsync(string file, string from, string to)
    {
        var text = await File.ReadAllTextAsync(file, Token);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(from, to, StringComparison.Ordinal), Token);
    }

    private static string Flipped(string hex) => (hex[0] == '0' ? '1' : '0') + hex[1..];

    private TempDirectory CopyOrSkip()
    {
        Assert.SkipWhen(StrangersVerifier.Missing is not null, StrangersVerifier.Missing ?? "");
        return journal.Copy();
    }
}
