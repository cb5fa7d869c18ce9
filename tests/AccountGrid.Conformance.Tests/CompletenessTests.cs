using AccountGrid.Conformance.Wire;

namespace AccountGrid.Conformance.Tests;

public sealed class CompletenessTests
{
    public static TheoryData<Type> Topologies =>
        [.. typeof(CompletenessTests).Assembly.GetTypes()
            .Where(static t => t.IsSubclassOf(typeof(Topology)) && !t.IsAbstract)];

    [Fact]
    public void There_are_four_topologies() => Assert.Equal(4, Topologies.Count);

    [Theory]
    [MemberData(nameof(Topologies))]
    public void No_topology_leaves_a_suite_out(Type topology)
    {
        var all = typeof(WireSuite).Assembly.GetTypes().Where(static t => t.BaseType == typeof(WireSuite));
        var run = typeof(CompletenessTests).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(WireSuite))
                && t.GetConstructors()[0].GetParameters()[0].ParameterType == topology)
            .Select(static t => t.BaseType!);
        Assert.Equal(all.Select(static t => t.Name).Order(StringComparer.Ordinal),
            run.Select(static t => t.Name).Order(StringComparer.Ordinal));
    }
}
