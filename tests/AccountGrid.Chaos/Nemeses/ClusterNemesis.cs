using System.Collections.Immutable;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>Parts of a cluster that a fault has for itself while it lasts.</summary>
[Flags]
internal enum Parts
{
    None = 0,

    /// <summary>The silos' processes.</summary>
    Silos = 1,

    /// <summary>The network between silos, and to the database.</summary>
    Network = 2,

    /// <summary>The proxies before the database.</summary>
    Proxies = 4,

    /// <summary>PostgreSQL's processes and the room on its disk.</summary>
    Database = 8,

    /// <summary>How fast that disk is.</summary>
    Syncs = 16,

    /// <summary>The silos' clocks.</summary>
    Clocks = 32,

    /// <summary>Everything: what is done in order to a cluster that is well.</summary>
    All = Silos | Network | Proxies | Database | Syncs | Clocks,
}

/// <summary>Something that befalls a cluster.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Summary">What it does, for a person.</param>
/// <param name="Needs">What no other fault may touch meanwhile.</param>
/// <param name="Missing">Why this machine cannot do it, or <c>null</c>.</param>
/// <param name="StrikeAsync">Does it, lets the clients work under it, and takes back what the cluster cannot get over
/// by itself. Returns what it did.</param>
internal sealed record ClusterNemesis(
    string Name, string Summary, Parts Needs, Func<Cluster, string?> Missing, Func<Strike, Task<string>> StrikeAsync)
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

    /// <summary>
    /// Whether nothing else befalls the cluster meanwhile, nor did just before: then it is held to what it promises for
    /// this fault alone.
    /// </summary>
    public bool Alone { get; init; } = true;

    /// <summary>One of the silos that run.</summary>
    public Member AnyMember()
    {
        ImmutableArray<Member> running = [.. Cluster.Members.Where(static m => m.IsRunning)];
        var members = running.IsEmpty ? Cluster.Members : running;
        return members[Random.Next(members.Length)];
    }

    /// <summary>Several of those that run, or all of them if there are fewer.</summary>
    public ImmutableArray<Member> SomeMembers(int count) =>
        [.. EveryMember().Where(static m => m.IsRunning).Take(count)];

    /// <summary>All silos, in any order.</summary>
    public ImmutableArray<Member> EveryMember()
    {
        var members = Cluster.Members.ToArray();
        Random.Shuffle(members);
        return [.. members];
    }

    /// <summary>
    /// Waits until the clients have so many more answers, but not for ever: under a fault there may be none.
    /// </summary>
    public Task WorkAsync(int answers) =>
        Task.WhenAny(History.NextAnswersAsync(answers), Task.Delay(Longest, CancellationToken));

    /// <summary>Waits.</summary>
    public Task WaitAsync(TimeSpan time) => Task.Delay(time, CancellationToken);
}
