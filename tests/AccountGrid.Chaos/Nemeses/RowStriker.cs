using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>
/// Carries out the faults of one row: one alone, two that overlap, or one soon after the other. Used by one caller at a
/// time.
/// </summary>
/// <param name="cluster">The target.</param>
/// <param name="history">The clients' history.</param>
/// <param name="seed">Chooses how.</param>
/// <param name="say">Prints a line.</param>
internal sealed class RowStriker(Cluster cluster, History history, int seed, Action<string> say)
{
    /// <summary>Of two faults that overlap the second begins at most so long after the first one began.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Where the second has to wait for the end of the first, and until silos that it ended have started again, it
    /// begins at most so long behind that.
    /// </summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>
    /// What a fault does depends on the seed, its name, the round and its place in the row, not on what those before
    /// it drew.
    /// </summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="nemesis">The fault.</param>
    /// <param name="round">The number of the row, from 0.</param>
    /// <param name="place">0 = the first of the row, 1 = the second.</param>
    public static Random RandomOf(int seed, ClusterNemesis nemesis, int round, int place = 0) => new(unchecked(
        (seed * 397) ^ (nemesis.Name.Aggregate(17, static (h, c) => (h * 31) + c) + round + (place * 7_919))));

    /// <summary>Strikes, and takes back what the cluster cannot get over by itself; dead silos may stay dead.</summary>
    /// <param name="row">What befalls it.</param>
    /// <param name="round">The number of the row, from 0.</param>
    /// <param name="first">What the first fault draws from.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was done, and what the faults themselves found.</returns>
    public async Task<(string Did, ImmutableArray<Violation> Found)> StrikeAsync(
        Row row, int round, Random first, CancellationToken cancellationToken)
    {
        var one = new Strike(cluster, first, history, say, cancellationToken) { Alone = !row.Overlaps };
        if (row.Second is null)
        {
            return (await row.First.StrikeAsync(one), [.. one.Violations]);
        }

        var second = RandomOf(seed, row.Second, round, place: 1);
        var part = second.NextDouble();
        var other = new Strike(cluster, second, history, say, cancellationToken) { Alone = false };
        var did = row.Overlaps
            ? await OverlapAsync(row, one, other, part * LongestOverlap)
            : await FollowAsync(row, one, other, part * LongestPause);
        return (did, [.. one.Violations, .. other.Violations]);
    }

    private static async Task<string> OverlapAsync(Row row, Strike one, Strike other, TimeSpan after)
    {
        var did = await Task.WhenAll(row.First.StrikeAsync(one), LaterAsync());
        return string.Create(
            CultureInfo.InvariantCulture, $"{did[0]}; from {after.TotalSeconds:0.0} s on: {did[1]}");

        async Task<string> LaterAsync()
        {
            await other.WaitAsync(after);
            return await row.Second!.StrikeAsync(other);
        }
    }

    private static async Task<string> FollowAsync(Row row, Strike one, Strike other, TimeSpan after)
    {
        var did = await row.First.StrikeAsync(one);
        await one.Cluster.StartDeadAsync(one.CancellationToken);
        await other.WaitAsync(after);
        var didThen = await row.Second!.StrikeAsync(other);
        return string.Create(
            CultureInfo.InvariantCulture, $"{did}; {after.TotalSeconds:0.0} s after its end: {didThen}");
    }
}
