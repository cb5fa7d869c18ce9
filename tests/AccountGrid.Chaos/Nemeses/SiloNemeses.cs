using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Clusters;

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
        new("kill-one", "kill -9 of one silo", static _ => null, static s => KillAsync(s, 1)),
        new("kill-two", "kill -9 of two silos", static _ => null, static s => KillAsync(s, 2)),
        new("kill-all", "kill -9 of all silos", static _ => null, static s => KillAsync(s, s.Cluster.Members.Length)),
        new("pause", "SIGSTOP of one silo until it is declared dead, then SIGCONT: it ends itself", static _ => null,
            PauseAsync),
        new("hiccup", "SIGSTOP of one silo for less than it takes to be declared dead", static _ => null, HiccupAsync),
        new("rolling-restart",
            "SIGTERM and start of one silo after the other; fails no read and no command of an owner", static _ => null,
            RollingRestartAsync),
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
            () => strike.Cluster.IsDeclaredDeadAsync(member, strike.CancellationToken), strike.CancellationToken);
        await strike.WorkAsync(100 + strike.Random.Next(300));
        member.Resume();
        await member.EndsAsync(Cluster.ZombiePatience, strike.CancellationToken);
        return $"stopped {member.Name} until it was declared dead, and let it go on; it {(member.IsRunning ? "still runs" : "ended itself")}";
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
        foreach (var member in strike.SomeMembers(strike.Cluster.Members.Length))
        {
            // As a load balancer does: what is under way there ends there.
            member.TakeOut();
            var exitCode = await member.StopAsync(strike.CancellationToken);
            if (exitCode != 0)
            {
                strike.Violations.Add(new(StopFails, 0, $"{member.Name} ended with {exitCode}"));
            }

            await member.RestartAsync(strike.Cluster.Epoch, strike.CancellationToken);
            member.TakeIn(strike.Cluster.Epoch);
            await strike.WorkAsync(100);
        }

        var sentAgain =
            strike.History.Snapshot().Operations.Where(
                o => o.Attempts.Any(a => a.StartedAt >= began && a.Error.Length > 0)).ToArray();
        strike.Violations.AddRange(sentAgain.Select(static o =>
            new Violation(RestartFails, o.Intent.Account,
                $"{o}; {string.Join(", ", o.Attempts.Select(static a => $"{a.To} {a.Error}"))}")));
        return "stopped and started every silo in order, one after the other";
    }

    private static string Names(IEnumerable<Member> members) => string.Join(", ", members.Select(static m => m.Name));
}
