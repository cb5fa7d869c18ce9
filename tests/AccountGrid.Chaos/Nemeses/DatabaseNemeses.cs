using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>What befalls PostgreSQL and the connections to it.</summary>
internal static class DatabaseNemeses
{
    private static readonly TimeSpan Occasion = TimeSpan.FromSeconds(10);

    public static ImmutableArray<ClusterNemesis> All { get; } =
    [
        new("postgres-crash", "pg_ctl stop -m immediate, and a start", Parts.Database, static _ => null,
            CrashAsync),
        new("postgres-kill", "kill -9 of all of PostgreSQL's processes, and a start", Parts.Database, static _ => null,
            KillAsync),
        new("postgres-session-kill", "kill -9 of one of PostgreSQL's sessions: it ends them all and recovers by itself",
            Parts.Database, static _ => null, KillSessionAsync),
        new("cut-after-commit",
            "the connection is cut after a write was carried out and before its answer arrives, of commands and of "
                + "follows", Parts.Proxies, static _ => null, CutAsync),
    ];

    private static async Task<string> CrashAsync(Strike strike)
    {
        var postgres = strike.Cluster.Postgres;
        await postgres.StopAsync("immediate");
        await strike.WaitAsync(strike.Random.NextDouble() * TimeSpan.FromSeconds(4));
        await postgres.StartAsync();
        await strike.WorkAsync(300);
        return "crashed PostgreSQL and started it again";
    }

    private static async Task<string> KillAsync(Strike strike)
    {
        var postgres = strike.Cluster.Postgres;
        var killed = await postgres.KillAsync();
        await strike.WaitAsync(strike.Random.NextDouble() * TimeSpan.FromSeconds(2));
        await postgres.StartAsync();
        await strike.WorkAsync(300);
        return string.Create(
            CultureInfo.InvariantCulture, $"killed {killed} processes of PostgreSQL and started it again");
    }

    private static async Task<string> KillSessionAsync(Strike strike)
    {
        var killed = strike.Cluster.Postgres.KillOneSession();
        await strike.WorkAsync(300);
        return killed ? "killed one session's process of PostgreSQL" : "there was no session to kill";
    }

    private static async Task<string> CutAsync(Strike strike)
    {
        var (commands, follows) = (0, 0);
        for (var round = 0; round < 4 && strike.Cluster.Members.Any(static m => m.IsRunning); round++)
        {
            commands += await CutNextAsync(strike, "journal_append") ? 1 : 0;
            await strike.WorkAsync(strike.Random.Next(50));
            follows += await CutNextAsync(strike, "followers_apply") ? 1 : 0;
            await strike.WorkAsync(strike.Random.Next(50));
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"cut the connection after {commands} appends and {follows} follow batches were carried out");
    }

    /// <summary>
    /// The next one of whichever silo writes first: one that has just started may have nothing to write.
    /// </summary>
    private static async Task<bool> CutNextAsync(Strike strike, string function)
    {
        var proxies = strike.Cluster.Members.Select(static m => m.Plan.Database).ToArray();
        var cuts = Array.ConvertAll(proxies, p => p.CutAnswerToCallOf(function));
        var first = await Task.WhenAny([.. cuts, Task.Delay(Occasion, strike.CancellationToken)]);
        Array.ForEach(proxies, static p => p.Disarm());
        return cuts.Contains(first);
    }
}
