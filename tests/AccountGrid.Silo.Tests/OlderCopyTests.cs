using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>A backup that is older than the checkpoint log beside it.</summary>
public sealed class OlderCopyTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    // It served the states of then, and took writes, until an audit was run.
    [Fact]
    public async Task A_silo_does_not_start_on_it_until_the_checkpoint_log_is_moved_away()
    {
        var database = _directory.File("accountgrid.db");
        var backup = _directory.File("backup.db");
        await RunAsync(1);
        File.Copy(database, backup);
        await RunAsync(2);
        foreach (var file in Directory.GetFiles(_directory.FullPath, "accountgrid.db*"))
        {
            File.Delete(file);
        }

        File.Copy(backup, database);
        var options = new SiloProcessOptions { DataDirectory = _directory.FullPath };
        var (exitCode, output) = await SiloProcess.RunToEndAsync(options, Token);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("AccountGrid did not start", output, StringComparison.Ordinal);
        Assert.Contains("The database is an older copy", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        File.Move(_directory.File("checkpoints.jsonl"), _directory.File("moved.jsonl"));
        await using var decided = await SiloProcess.StartAsync(options, Token);
        using var shop = new Api(decided, "shop", "service");
        await shop.RegisterAsync(2);
    }

    private async Task RunAsync(long account)
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions { DataDirectory = _directory.FullPath }, Token);
        using (var shop = new Api(silo, "shop", "service"))
        {
            await shop.RegisterAsync(account);
        }

        // The last checkpoint is made while it stops.
        await silo.StopAsync(cancellationToken: Token);
    }
}
