using System.Collections.Immutable;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>Which nemesis comes when, by a seed: every one that was asked for comes before any comes again.</summary>
internal static class ClusterPlan
{
    /// <summary>Only the clients, and the checks.</summary>
    public static readonly ClusterNemesis None =
        new("none", "nothing: clients and checks only", Parts.None, static _ => null, static async strike =>
        {
            await strike.WorkAsync(1_000);
            return "did nothing";
        });

    /// <summary>What names on a command line mean.</summary>
    /// <returns>The nemeses, and the first name that means nothing.</returns>
    public static (ImmutableArray<ClusterNemesis> Deck, string? Unknown) Choose(IEnumerable<string> names)
    {
        var deck = ImmutableArray.CreateBuilder<ClusterNemesis>();
        foreach (var name in names.SelectMany(
            static n => n.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Distinct())
        {
            switch (name)
            {
                case "all":
                    deck.AddRange(ClusterNemesis.All);
                    break;
                case "none":
                    deck.Add(None);
                    break;
                default:
                    if (ClusterNemesis.All.FirstOrDefault(n => n.Name == name) is not { } nemesis)
                    {
                        return ([], name);
                    }

                    deck.Add(nemesis);
                    break;
            }
        }

        return ([.. deck.Distinct()], deck.Count == 0 ? "such nemesis" : null);
    }

    /// <summary>An order without end.</summary>
    public static IEnumerable<ClusterNemesis> Order(ImmutableArray<ClusterNemesis> deck, int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            var shuffled = deck.ToArray();
            random.Shuffle(shuffled);
            foreach (var nemesis in shuffled)
            {
                yield return nemesis;
            }
        }
    }
}
