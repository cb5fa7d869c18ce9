using System.Net;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Storage.Sqlite;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// An entry that something else than a silo appended, right by the public hash chain. It was once served, and signed by
/// the next checkpoint.
/// </summary>
public sealed class ForgedEntryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_not_served_and_not_signed_and_the_verification_names_it()
    {
        await using var silo = await SiloProcess.StartAsync(
            cancellationToken: Token);
        using (var web = new Api(silo, "web", "service"))
        {
            await web.RegisterAsync(5);
            await web.RegisterAsync(6);
        }

        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        await ForgeAsync(silo.DataDirectory, new AccountId(5));
        await silo.RestartAsync(Token);

        using var auditor = new Api(silo, "ann", "auditor", "support");
        using (var refused = await auditor.SendAsync("/v1/accounts/5"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        Assert.Equal("ACTIVE", await auditor.StatusAsync(6));
        var verdict = await auditor.PostAsync("/v1/audit:verify", new { });
        Assert.Equal(("MAC_MISSING", "a/5", "2"),
            (verdict.GetProperty("problemKind").GetString(), verdict.GetProperty("stream").GetString(),
                verdict.GetProperty("sequence").GetString()));
        await silo.StopAsync(cancellationToken: Token);
        Assert.Contains(
            silo.Output, static line => line.Contains("last checkpoint was not made", StringComparison.Ordinal));
    }

    private static async Task ForgeAsync(string directory, AccountId account)
    {
        await using var store = new SqliteStore(
            new SqliteStorageOptions { DataDirectory = directory }, TimeProvider.System);
        await store.OpenAsync(Token);
        Assert.Equal(AppendResult.Appended, await Forgery.SuspendAsync(
            store.Journal, account, OperatorId.Parse("kim"), "user_5", DateTimeOffset.UnixEpoch.AddYears(100),
            mac: default, Token));
    }
}
