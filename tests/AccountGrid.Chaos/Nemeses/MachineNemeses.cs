using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>What befalls clocks and disks.</summary>
internal static class MachineNemeses
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public static ImmutableArray<ClusterNemesis> All { get; } =
    [
        new("clock-skew", "one silo's clock jumps by 5 minutes, ahead or back, and later back to right (a C compiler)",
            Parts.Clocks, static c => c.Members.Any(static m => m.Plan.Faults is null)
                ? "clocks are made wrong by a library that needs a C compiler (cc)"
                : null, SkewAsync),
        new("slow-disk", "every sync of PostgreSQL takes up to a quarter of a second longer (a C compiler)",
            Parts.Syncs, static c => c.DatabaseFaults is null
                ? "a disk is made slow by a library that needs a C compiler (cc)"
                : null, SlowAsync),
        new("full-disk", "PostgreSQL's disk is full for some seconds (a mounted file system of fixed size)",
            Parts.Database, static c => c.Disk is null ? c.DiskMissing : null, FillAsync),
    ];

    private static async Task<string> SkewAsync(Strike strike)
    {
        var member = strike.AnyMember();
        var skew = strike.Random.Next(2) == 0 ? Skew : -Skew;
        member.Plan.Faults!.ClockAhead = skew;

        // Longer than silos take to write their signs of life and to look at those of the others.
        await strike.WaitAsync(TimeSpan.FromSeconds(12));
        await strike.WorkAsync(200);
        member.Plan.Faults.ClockAhead = TimeSpan.Zero;
        await strike.WorkAsync(200);
        var ended = strike.Cluster.Members.Where(static m => !m.IsRunning).Select(static m => m.Name).ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the clock of {member.Name} was {skew.TotalMinutes:+0;-0} minutes off; {(ended.Length == 0 ? "all silos live" : string.Join(", ", ended) + " ended")}");
    }

    private static async Task<string> SlowAsync(Strike strike)
    {
        var delay = TimeSpan.FromMilliseconds(20 + strike.Random.Next(230));
        strike.Cluster.DatabaseFaults!.SyncDelay = delay;
        await strike.WaitAsync(TimeSpan.FromSeconds(5));
        await strike.WorkAsync(100);
        strike.Cluster.DatabaseFaults.SyncDelay = TimeSpan.Zero;
        return string.Create(CultureInfo.InvariantCulture, $"every sync took {delay.TotalMilliseconds:0} ms longer");
    }

    private static async Task<string> FillAsync(Strike strike)
    {
        var disk = strike.Cluster.Disk!;
        var filled = disk.Fill();
        await strike.WaitAsync(TimeSpan.FromSeconds(5));

        // What little PostgreSQL gives back meanwhile is taken, too.
        filled += disk.Fill();
        await strike.WaitAsync(TimeSpan.FromSeconds(3));
        disk.Free();
        var survived = strike.Cluster.Postgres.IsRunning;
        await strike.Cluster.StartDatabaseAsync();
        await strike.WorkAsync(200);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"filled the last {filled >> 20} MB of PostgreSQL's disk{(survived ? "" : ", which ended it; started it again")}");
    }
}
