using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Tests;

/// <summary>
/// A short round of what <c>dotnet run --project tests/AccountGrid.Chaos</c> does for as long as it is told: three real
/// silos on a real PostgreSQL, struck under load. The seed, which is set as in <see cref="CrashTests"/>, chooses the
/// faults; <c>ACCOUNTGRID_CHAOS_STRIKES</c> says how many (default 3, at least 2; the round has 6).
/// </summary>
public sealed class ClusterChaosTests
{
    private static readonly string[] Round =
        ["kill-one", "pause", "partition", "postgres-crash", "cut-after-commit", "rolling-restart"];

    [Fact(Timeout = 900_000)]
    public async Task Whatever_befalls_silos_network_and_database_loses_nothing_and_doubles_nothing()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var cancellationToken = TestContext.Current.CancellationToken;
        var options = new ClusterRunOptions(
            Setting("ACCOUNTGRID_CHAOS_SEED") ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        Say($"Chaos seed {options.Seed}");
        await using var run = new ClusterRun(options, new StrikeTable(), Say);
        await run.StartAsync(cancellationToken);
        var (deck, unknown) = ClusterPlan.Choose(Round);
        Assert.Null(unknown);
        var strikes = Math.Max(Setting("ACCOUNTGRID_CHAOS_STRIKES") ?? 3, 2);
        foreach (var nemesis in ClusterPlan.Order(deck, options.Seed).Take(strikes))
        {
            await run.StrikeAsync(new Row(nemesis), cancellationToken);
        }

        var summary = await run.FinishAsync(cancellationToken);
        Say(summary.ToString());

        // A run in which nothing happened shows nothing.
        Assert.True(run.CacheAnswers > 1000, $"The caches answered {run.CacheAnswers} times.");
        Assert.True(run.Strikes >= strikes - 1, summary.ToString());
        Assert.True(
            summary is { AcknowledgedCommands: > 100, Edges: > 0, Checkpoints: > 0, Availability.Retried: > 0 },
            summary.ToString());
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture,
            out var value) ? value : null;

    private static void Say(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}
