using System.Collections.Immutable;
using AccountGrid.Chaos.Clusters;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>What befalls packets. All of it silent: nobody is told that nothing arrives.</summary>
internal static class NetworkNemeses
{
    public static ImmutableArray<ClusterNemesis> All { get; } =
    [
        new("partition", "one silo and the others hear nothing of each other (network namespaces)", Parts.Network,
            NeedsNetwork, static s => BetweenSilosAsync(s, outward: true, inward: true)),
        new("partition-one-way",
            "of one silo's packets to the others, or of theirs to it, none arrives (network namespaces)", Parts.Network,
            NeedsNetwork, static s =>
            {
                var outward = s.Random.Next(2) == 0;
                return BetweenSilosAsync(s, outward, inward: !outward);
            }),
        new("partition-database", "one silo and the database hear nothing of each other (network namespaces)",
            Parts.Network, NeedsNetwork, static s => FromDatabaseAsync(s, outward: true, inward: true)),
        new("partition-database-one-way",
            "of one silo's packets to the database, or of the database's to it, none arrives (network namespaces)",
            Parts.Network, NeedsNetwork, static s =>
            {
                var outward = s.Random.Next(2) == 0;
                return FromDatabaseAsync(s, outward, inward: !outward);
            }),
        new("silent-database",
            "one silo's connections to the database stay, and carry nothing in one direction or in both",
            Parts.Proxies, static _ => null, SilentAsync),
    ];

    private static string? NeedsNetwork(Cluster cluster) => cluster.Network is null ? cluster.NetworkMissing : null;

    private static async Task<string> BetweenSilosAsync(Strike strike, bool outward, bool inward)
    {
        var network = strike.Cluster.Network!;
        var alone = strike.AnyMember();
        foreach (var other in strike.Cluster.Members.Where(m => m != alone))
        {
            await CutAsync(network, alone.Plan.Number, other.Plan.Number, outward, inward);
        }

        await strike.WaitAsync(TimeSpan.FromSeconds(6 + strike.Random.Next(6)));
        await network.HealAsync();
        await strike.WorkAsync(300);
        return $"between {alone.Name} and the others nothing arrived {Direction(outward, inward)}; {Fate(strike)}";
    }

    private static async Task<string> FromDatabaseAsync(Strike strike, bool outward, bool inward)
    {
        var network = strike.Cluster.Network!;
        var alone = strike.AnyMember();
        await CutAsync(network, alone.Plan.Number, SiloNetwork.Database, outward, inward);
        await strike.WaitAsync(TimeSpan.FromSeconds(4 + strike.Random.Next(8)));
        await network.HealAsync();
        await strike.WorkAsync(300);
        return $"between {alone.Name} and the database nothing arrived {Direction(outward, inward)}; {Fate(strike)}";
    }

    private static async Task<string> SilentAsync(Strike strike)
    {
        var alone = strike.AnyMember();
        var (outward, inward) = strike.Random.Next(3) switch
        {
            0 => (true, false),
            1 => (false, true),
            _ => (true, true)
        };
        alone.Plan.Database.FallSilent(outward, inward);
        await strike.WaitAsync(TimeSpan.FromSeconds(4 + strike.Random.Next(6)));
        alone.Plan.Database.Speak();
        await strike.WorkAsync(300);
        return $"connections of {alone.Name} to the database carried nothing {Direction(outward, inward)}; {Fate(strike)}";
    }

    private static async Task CutAsync(SiloNetwork network, int one, int other, bool outward, bool inward)
    {
        if (outward)
        {
            await network.CutAsync(one, other);
        }

        if (inward)
        {
            await network.CutAsync(other, one);
        }
    }

    private static string Direction(bool outward, bool inward) => (outward, inward) switch
    {
        (true, true) => "either way",
        (true, false) => "from it",
        _ => "at it",
    };

    private static string Fate(Strike strike)
    {
        var ended = strike.Cluster.Members.Where(static m => !m.IsRunning).Select(static m => m.Name).ToArray();
        return ended.Length == 0 ? "all silos live"
            : $"{string.Join(", ", ended)} {(strike.Alone ? "ended itself" : "ended")}";
    }
}
