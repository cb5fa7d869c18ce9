using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Clusters;
using Npgsql;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>What befalls processes of silos.</summary>
internal static class SiloNemeses
{
    /// <summary>No request that may be repeated fails while silos are stopped and started in order.</summary>
    public const string RestartFails = "rolling-restart-fails-no-request";

    /// <summary>An orderly stop ends with exit code 0.</summary>
    public const string StopFails = "stops-in-order";

    public static ImmutableArray<ClusterNemesis> All { get; } =
    [
        new("kill-one", "kill -9 of one silo", Parts.Silos, static _ => null, static s => KillAsync(s, 1)),
        new("kill-two", "kill -9 of two silos", Parts.Silos, static _ => null, static s => KillAsync(s, 2)),
        new("kill-all", "kill -9 of all silos", Parts.Silos, static _ => null,
            static s => KillAsync(s, s.Cluster.Members.Length)),
        new("pause", "SIGSTOP of one silo until it is declared dead, then SIGCONT: it ends itself", Parts.Silos,
            static _ => null, PauseAsync),
        new("hiccup", "SIGSTOP of one silo for less than it takes to be declared dead", Parts.Silos, static _ => null,
            HiccupAsync),
        new("rolling-restart",
            "SIGTERM and start of one silo after the other; fails no read and no command of an owner", Parts.All,
            static _ => null, RollingRestartAsync),
    ];

    private static async Task<string> KillAsync(Strike strike, int count)
    {
        var members = strike.SomeMembers(count);
        await Task.WhenAll(members.Select(static m => m.KillAsync()));

        // The others are left alone with it for a while; if there are none, nobody would answer.
        await (count < strike.Cluster.Members.Length
            ? strike.WorkAsync(400)
            : strike.WaitAsync(TimeSpan.FromSeconds(1)));
        return $"killed {Names(members)}";
    }

    private static async Task<string> PauseAsync(Strike strike)
    {
        var member = strike.AnyMember();
        member.Pause();
        await Cluster.UntilAsync($"{member.Name} is declared dead",
            () => IsDeclaredDeadAsync(strike, member), strike.CancellationToken);
        await strike.WorkAsync(100 + strike.Random.Next(300));
        member.Resume();
        await member.EndsAsync(Cluster.ZombiePatience, strike.CancellationToken);
        return $"stopped {member.Name} until it was declared dead, and let it go on; it {(member.IsRunning ? "still runs" : "ended itself")}";
    }

    /// <summary>The database may be struck, too: then that is not known yet.</summary>
    private static async Task<bool> IsDeclaredDeadAsync(Strike strike, Member member)
    {
        try
        {
            return await strike.Cluster.IsDeclaredDeadAsync(member, strike.CancellationToken);
        }
        catch (NpgsqlException) when (!strike.Alone)
        {
            return false;
        }
    }

    private static async Task<string> HiccupAsync(Strike strike)
    {
        var member = strike.AnyMember();
        var pause = TimeSpan.FromMilliseconds(300 + strike.Random.Next(1_500));
        member.Pause();
        await strike.WaitAsync(pause);
        member.Resume();
        await strike.WorkAsync(200);
        return string.Create(CultureInfo.InvariantCulture, $"stopped {member.Name} for {pause.TotalSeconds:0.0} s");
    }

    private static async Task<string> RollingRestartAsync(Strike strike)
    {
        var began = strike.History.Now;
        foreach (var member in strike.EveryMember())
        {
            // As a load balancer does: what is under way there ends there.
            member.TakeOut();
            var exitCode = await member.StopAsync(strike.CancellationToken);
            if (exitCode != 0 && strike.Alone)
            {
                strike.Violations.Add(new(StopFails, 0, $"{member.Name} ended with {exitCode}"));
            }

            await member.RestartAsync(strike.Cluster.Epoch, strike.CancellationToken);
            member.TakeIn(strike.Cluster.Epoch);
            await strike.WorkAsync(100);
        }

        if (strike.Alone)
        {
            RequireNoFailure(strike, began);
        }

        return "stopped and started every silo in order, one after the other";
    }

    private static void RequireNoFailure(Strike strike, TimeSpan began)
    {
        var sentAgain =
            strike.History.Snapshot().Operations.Where(
                o => o.Attempts.Any(a => a.StartedAt >= began && a.Error.Length > 0)).ToArray();
        strike.Violations.AddRange(sentAgain.Select(static o =>
            new Violation(RestartFails, o.Intent.Account,
                $"{o}; {string.Join(", ", o.Attempts.Select(static a => $"{a.To} {a.Error}"))}")));
    }

    private static string Names(IEnumerable<Member> members) => string.Join(", ", members.Select(static m => m.Name));
}
