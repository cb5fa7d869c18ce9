using System.Collections.Immutable;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>Something that befalls a cluster.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Summary">What it does, for a person.</param>
/// <param name="Missing">Why this machine cannot do it, or <c>null</c>.</param>
/// <param name="StrikeAsync">Does it, lets the clients work under it, and takes back what the cluster cannot get over
/// by itself. Returns what it did.</param>
internal sealed record ClusterNemesis(
    string Name, string Summary, Func<Cluster, string?> Missing, Func<Strike, Task<string>> StrikeAsync)
{
    /// <summary>Every one, in the order of the list.</summary>
    public static ImmutableArray<ClusterNemesis> All { get; } =
        [.. SiloNemeses.All, .. NetworkNemeses.All, .. DatabaseNemeses.All, .. MachineNemeses.All];
}

/// <summary>One strike: what it is aimed at, and the seeded choice of how.</summary>
/// <param name="Cluster">The target.</param>
/// <param name="Random">Its own source: the same seed strikes in the same way, whatever was struck before.</param>
/// <param name="History">The clients' history.</param>
/// <param name="Say">Prints a line.</param>
/// <param name="CancellationToken">Ends it.</param>
internal sealed record Strike(
    Cluster Cluster, Random Random, History History, Action<string> Say, CancellationToken CancellationToken)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    /// <summary>What the strike itself found.</summary>
    public List<Violation> Violations { get; } = [];

    /// <summary>One of the silos.</summary>
    public Member AnyMember() => Cluster.Members[Random.Next(Cluster.Members.Length)];

    /// <summary>Several of them.</summary>
    public ImmutableArray<Member> SomeMembers(int count)
    {
        var members = Cluster.Members.ToArray();
        Random.Shuffle(members);
        return [.. members.Take(count)];
    }

    /// <summary>
    /// Waits until the clients have so many more answers, but not for ever: under a fault there may be none.
    /// </summary>
    public Task WorkAsync(int answers) =>
        Task.WhenAny(History.NextAnswersAsync(answers), Task.Delay(Longest, CancellationToken));

    /// <summary>Waits.</summary>
    public Task WaitAsync(TimeSpan time) => Task.Delay(time, CancellationToken);
}
