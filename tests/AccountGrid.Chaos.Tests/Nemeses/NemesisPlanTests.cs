using AccountGrid.Chaos.Nemeses;

namespace AccountGrid.Chaos.Tests.Nemeses;

/// <summary>What is done is reproducible by its seed, and nothing is left out.</summary>
public sealed class NemesisPlanTests
{
    [Fact]
    public void One_seed_gives_one_plan() => Assert.Equal(NemesisPlan.Create(7, 24), NemesisPlan.Create(7, 24));

    [Fact]
    public void Another_seed_gives_another_plan() =>
        Assert.NotEqual(NemesisPlan.Create(7, 24), NemesisPlan.Create(8, 24));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_plan_has_the_kills_that_were_asked_for_and_every_blow_at_least_twice(int seed)
    {
        var plan = NemesisPlan.Create(seed, 24);
        Assert.InRange(plan.Sum(s => s.Kills), 24, 25);
        Assert.All(Enum.GetValues<Blow>(), blow => Assert.True(plan.Count(s => s.Blow == blow) >= 2, blow.ToString()));
    }
}
