using System.Collections.Immutable;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>What befalls the cluster between two checks: one fault, or two.</summary>
/// <param name="First">The one that begins.</param>
/// <param name="Second">The other; <c>null</c> = none.</param>
internal sealed record Row(ClusterNemesis First, ClusterNemesis? Second = null)
{
    /// <summary>For a person, and for the table at the end.</summary>
    public string Name => Second is null ? First.Name : $"{First.Name}, {Second.Name}";

    /// <summary>
    /// Whether the second begins while the first is under way. If both need the same part of the cluster, it begins
    /// when the first is over: one of them would take back what the other did.
    /// </summary>
    public bool Overlaps => Second is not null && (First.Needs & Second.Needs) == 0;

    /// <summary>Why this machine cannot do it, or <c>null</c>.</summary>
    public string? Missing(Clusters.Cluster cluster) => First.Missing(cluster) ?? Second?.Missing(cluster);
}

/// <summary>
/// Pairs of faults, in an order in which every ordered pair comes before any comes again. For n faults it comes in
/// blocks of n rows; a block has every fault once as the first and once as the second, and at most two pairs of a fault
/// with itself. So a part of the design is a fair sample of it. Pure.
/// </summary>
internal static class RowPlan
{
    /// <summary>
    /// Rows of two faults, without end. The first <c>n * n</c> are every ordered pair, each once, with the pairs of a
    /// fault with itself.
    /// </summary>
    public static IEnumerable<Row> Order(ImmutableArray<ClusterNemesis> deck, int seed) =>
        Pairs(deck.Length, seed).Select(p => new Row(deck[p.First], deck[p.Second]));

    /// <summary>The design itself, of numbers from 0 to <paramref name="count"/> - 1.</summary>
    public static IEnumerable<(int First, int Second)> Pairs(int count, int seed)
    {
        var random = new Random(seed);
        var names = Shuffled(count, random);
        while (true)
        {
            // The pairs of places with one sum, round the circle, are a block.
            foreach (var sum in Shuffled(count, random))
            {
                foreach (var place in Shuffled(count, random))
                {
                    yield return (names[place], names[(sum - place + count) % count]);
                }
            }
        }
    }

    private static int[] Shuffled(int count, Random random)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        random.Shuffle(numbers);
        return numbers;
    }
}
