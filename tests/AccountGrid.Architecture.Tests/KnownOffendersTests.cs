namespace AccountGrid.Architecture.Tests;

public sealed class KnownOffendersTests
{
    private static readonly string[] List = ["# A comment.", "long 2 a.cs", "long 1 b.cs", "vague 1 a.cs"];

    [Fact]
    public void The_list_as_it_is_found_holds() => Assert.Empty(Differences(("a.cs", 2), ("b.cs", 1), ("c.cs", 0)));

    [Fact]
    public void A_new_offender_is_named_with_its_places() =>
        Assert.Equal(
            ["c.cs:1", "c.cs breaks the rule 'long' 1 times; KnownOffenders.txt allows 0."],
            Differences(("a.cs", 2), ("b.cs", 1), ("c.cs", 1)));

    [Fact]
    public void One_more_place_in_a_known_offender_is_found() =>
        Assert.Equal(4, Differences(("a.cs", 3), ("b.cs", 1)).Count);

    [Fact]
    public void An_entry_that_no_longer_offends_has_to_go() =>
        Assert.Contains("lower the 1 in", Assert.Single(Differences(("a.cs", 2))), StringComparison.Ordinal);

    [Fact]
    public void Rewriting_keeps_comments_and_other_rules() => Assert.Equal(
        ["# A comment.", "long 1 b.cs", "long 1 c.cs", "vague 1 a.cs"],
        KnownOffenders.Rewritten("long", Found([("c.cs", 1), ("b.cs", 1), ("a.cs", 0)]), List));

    private static IReadOnlyList<string> Differences(params (string File, int Places)[] found) =>
        KnownOffenders.Differences("long", Found(found), KnownOffenders.Known("long", List));

    private static Dictionary<string, string[]> Found((string File, int Places)[] found) =>
        found.ToDictionary(
            f => f.File, f => Enumerable.Range(1, f.Places).Select(place => $"{f.File}:{place}").ToArray());
}
