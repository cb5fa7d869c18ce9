using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// A database and an export of an earlier version open, verify and behave; they are described in
/// tests/AccountGrid.Silo.Tests/Earlier/README.md.
/// </summary>
public sealed class EarlierVersionTests
{
    private const int Entries = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_data_directory_opens_verifies_and_behaves()
    {
        using var directory = new TempDirectory();
        foreach (var file in (string[])["accountgrid.db", "grains.db", "checkpoints.jsonl"])
        {
            File.Copy(PathOf(file), directory.File(file));
        }

        await using var silo = await SiloProcess.StartAsync(Options(directory), Token);
        await BehavesAsync(silo);
    }

    [Fact]
    public async Task Its_export_is_imported_verifies_and_behaves()
    {
        using var directory = new TempDirectory();
        MakeCheckpointKey(directory);
        File.Copy(PathOf("checkpoints.jsonl"), directory.File("checkpoints.jsonl"));
        var (code, output) = await SiloProcess.RunToEndAsync(
            Options(directory) with { Arguments = ["import", "--input", PathOf("export.jsonl")] }, Token);
        Assert.True(code == 0, output);
        await using var silo = await SiloProcess.StartAsync(Options(directory), Token);
        await BehavesAsync(silo);
    }

    private static async Task BehavesAsync(SiloProcess silo)
    {
        using var kim = new Api(silo, "kim", "support", "approver", "auditor");
        using var shop = new Api(silo, "shop", "service");
        var audit = await kim.PostAsync("/v1/audit:verify", new { });
        Assert.True(audit.GetProperty("intact").GetBoolean(), audit.ToString());
        Assert.True(long.Parse(audit.GetProperty("entries").GetString()!) >= Entries, audit.ToString());
        Assert.Equal(
            ["ACTIVE", "SUSPENDED", "ACTIVE", "ERASED", "DEACTIVATED"],
            await Task.WhenAll(Enumerable.Range(1, 5).Select(id => kim.StatusAsync(id))));
        var followers = (await kim.GetAsync("/v1/accounts/3")).GetProperty("followers");
        Assert.Equal("4", followers.GetProperty("count").GetString());

        using var alone = await kim.TryPostAsync(
            "/v1/accounts/3:deactivate", new { reason = "SPAM", directOnly = true });
        Assert.Contains("NEEDS_SECOND_PERSON", await alone.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        var again = await kim.PostAsync("/v1/accounts/2:suspend",
            new { reason = "ABUSE", note = "for good", ticket = "T-1", requestId = "suspend-2" });
        Assert.Equal("DONE", again.GetProperty("outcome").GetString());
        Assert.Equal("ACTIVE", StatusOf(await kim.PostAsync("/v1/accounts/2:restore", new { reason = "ERROR" })));
        Assert.Equal("ACTIVE", StatusOf(
            await shop.PostAsync("/v1/accounts/5:restore", new { reason = "OWNER_REQUEST", owner = true })));

        using var gone = new Api(silo, "gone.kay", "support");
        using var refused = await gone.TryPostAsync("/v1/accounts/1:deactivate", new { reason = "SPAM" });
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("AUTHORITY_ENDED", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.True((await kim.PostAsync("/v1/audit:verify", new { })).GetProperty("intact").GetBoolean());
    }

    /// <summary>
    /// The key of the earlier silo is not kept: this one signs from now on, and the earlier one is trusted.
    /// </summary>
    private static void MakeCheckpointKey(TempDirectory directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = directory.File("checkpoint-key.pem");
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string? StatusOf(JsonElement answer) =>
        answer.GetProperty("account").GetProperty("status").GetString();

    private static SiloProcessOptions Options(TempDirectory directory) => new()
    {
        DataDirectory = directory.FullPath,
        Environment = new Dictionary<string, string>
        {
            ["ACCOUNTGRID__CHECKPOINTS__EARLIERKEYS__0"] =
                PathOf("checkpoint-key.855204773c0e703b.pub.pem"),
        },
    };

    private static string PathOf(string file) =>
        RepositoryFiles.PathOf(Path.Combine("tests", "AccountGrid.Silo.Tests", "Earlier", file));
}
