using AccountGrid.Chaos.Nemeses;

namespace AccountGrid.Chaos.Tests.Nemeses;

/// <summary>What a command line asks for, and in which order it comes.</summary>
public sealed class ClusterPlanTests
{
    [Fact]
    public void One_seed_gives_one_order_and_every_nemesis_comes_before_any_comes_again()
    {
        var (deck, unknown) = ClusterPlan.Choose(["all"]);
        Assert.Null(unknown);
        var order = ClusterPlan.Order(deck, 7).Take(2 * deck.Length).ToArray();
        Assert.Equal(order, ClusterPlan.Order(deck, 7).Take(2 * deck.Length));
        Assert.NotEqual(order, ClusterPlan.Order(deck, 8).Take(2 * deck.Length));
        Assert.Equal(deck.Length, order.Take(deck.Length).Distinct().Count());
        Assert.Equal(deck.Length, order.Skip(deck.Length).Distinct().Count());
    }

    [Fact]
    public void The_order_of_single_faults_for_a_seed_stays_what_it_was()
    {
        // From before there were rows: a seed in a report must go on to mean the same faults.
        var (deck, _) = ClusterPlan.Choose(["all"]);
        Assert.Equal(
            "partition clock-skew postgres-kill pause partition-database-one-way postgres-session-kill",
            string.Join(' ', ClusterPlan.Order(deck, 7).Take(6).Select(static n => n.Name)));

        // How it strikes, too.
        Assert.Equal(
            [608, 261, 599, 187],
            deck.Take(4).Select(static (n, round) => RowStriker.RandomOf(7, n, round).Next(1_000)));
    }

    [Fact]
    public void Names_may_be_listed_with_commas_and_come_once()
    {
        var (deck, unknown) = ClusterPlan.Choose(["kill-one,pause", "pause"]);
        Assert.Null(unknown);
        Assert.Equal(["kill-one", "pause"], deck.Select(n => n.Name));
    }

    [Fact]
    public void Every_name_is_one_of_a_kind() =>
        Assert.Equal(ClusterNemesis.All.Length, ClusterNemesis.All.Select(n => n.Name).Distinct().Count());

    [Theory]
    [InlineData("--nemesis", "earthquake")]
    [InlineData("--minutes", "0")]
    [InlineData("--minutes", "NaN")]
    [InlineData("--minutes", "long")]
    [InlineData("--part-minutes", "0")]
    [InlineData("--part-minutes", "61")]
    [InlineData("--keep", "/proc/self/status")]
    [InlineData("--keep", "/proc")]
    [InlineData("--judge", "no-such-directory")]
    [InlineData("--rows", "0")]
    [InlineData("--rows", "-1")]
    [InlineData("--rows", "10001")]
    [InlineData("--rows", "most")]
    [InlineData("--rows", "2", "--nemesis", "none")]
    [InlineData("--busy", "0")]
    [InlineData("--busy", "4.1")]
    [InlineData("--busy", "NaN")]
    [InlineData("--busy", "much")]
    [InlineData("--address", "http://127.0.0.1:1")]
    [InlineData("--address", "nowhere", "--token-key", "key.pem")]
    [InlineData("--address", "http://127.0.0.1:1", "--token-key", "no-such-file.pem")]
    [InlineData("--address", "http://127.0.0.1:1", "--token-key", "key.pem", "--nemesis", "kill-one")]
    [InlineData("--colour", "red")]
    public async Task A_wrong_argument_ends_it_with_code_2_before_anything_starts(params string[] arguments) =>
        Assert.Equal(ChaosCommand.WrongArguments, await ChaosCommand.RunAsync(arguments));
}
