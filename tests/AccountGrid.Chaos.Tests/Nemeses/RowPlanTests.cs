using AccountGrid.Chaos.Nemeses;

namespace AccountGrid.Chaos.Tests.Nemeses;

/// <summary>Every pair of faults comes, in an order that the seed fixes; and which of them may overlap.</summary>
public sealed class RowPlanTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(5, 1)]
    [InlineData(17, 4)]
    [InlineData(18, 90417)]
    public void Every_ordered_pair_comes_once_before_any_comes_again(int count, int seed)
    {
        var pairs = RowPlan.Pairs(count, seed).Take(2 * count * count).ToArray();
        Assert.All(pairs.Chunk(count * count), round =>
        {
            Assert.Equal(count * count, round.Distinct().Count());
            Assert.All(round, pair =>
            {
                Assert.InRange(pair.First, 0, count - 1);
                Assert.InRange(pair.Second, 0, count - 1);
            });
        });
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(18, 90417)]
    public void In_each_block_every_fault_comes_once_in_each_place_and_few_with_themselves(int count, int seed) =>
        Assert.All(RowPlan.Pairs(count, seed).Take(count * count).Chunk(count), block =>
        {
            Assert.Equal(count, block.Select(p => p.First).Distinct().Count());
            Assert.Equal(count, block.Select(p => p.Second).Distinct().Count());
            Assert.InRange(block.Count(p => p.First == p.Second), 0, 2);
        });

    [Fact]
    public void One_seed_gives_one_order()
    {
        var pairs = RowPlan.Pairs(18, 7).Take(400).ToArray();
        Assert.Equal(pairs, RowPlan.Pairs(18, 7).Take(400));
        Assert.NotEqual(pairs, RowPlan.Pairs(18, 8).Take(400));
    }

    [Fact]
    public void Rows_of_all_faults_are_all_pairs_of_their_names()
    {
        var deck = ClusterNemesis.All;
        var names = RowPlan.Order(deck, 7).Take(deck.Length * deck.Length).Select(r => r.Name).ToHashSet();
        Assert.Equal(18, deck.Length);
        Assert.Equal(
            [.. deck.SelectMany(a => deck.Select(b => $"{a.Name}, {b.Name}")).Order(StringComparer.Ordinal)],
            names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kill-one", "postgres-crash", true)]
    [InlineData("pause", "partition-database", true)]
    [InlineData("silent-database", "partition-database", true)]
    [InlineData("slow-disk", "full-disk", true)]
    [InlineData("kill-one", "pause", false)]
    [InlineData("partition", "partition-database", false)]
    [InlineData("silent-database", "cut-after-commit", false)]
    [InlineData("full-disk", "postgres-crash", false)]
    [InlineData("rolling-restart", "slow-disk", false)]
    [InlineData("clock-skew", "clock-skew", false)]
    public void Faults_overlap_where_they_need_different_parts_of_the_cluster(string one, string other, bool overlap)
    {
        Assert.Equal(overlap, new Row(Named(one), Named(other)).Overlaps);
        Assert.Equal(overlap, new Row(Named(other), Named(one)).Overlaps);
    }

    [Fact]
    public void Every_fault_needs_something_and_overlaps_with_something_but_the_one_that_is_no_fault() =>
        Assert.All(ClusterNemesis.All, nemesis =>
        {
            Assert.NotEqual(Parts.None, nemesis.Needs);
            Assert.Equal(
                nemesis.Name != "rolling-restart", ClusterNemesis.All.Any(n => new Row(nemesis, n).Overlaps));
        });

    private static ClusterNemesis Named(string name) => ClusterNemesis.All.Single(n => n.Name == name);
}
