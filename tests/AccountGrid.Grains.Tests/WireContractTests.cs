namespace AccountGrid.Grains.Tests;

/// <summary>
/// The contract between silos stands in a file, so that a change of it is seen by whoever reads the change. Silos of
/// the version before run in the same cluster while one is replaced by the other.
/// </summary>
public sealed class WireContractTests
{
    private const string Rules = """
        Silos and gateways of the version before read and call this while a cluster is upgraded.
        May be done, by adding the new lines to the file: a member with a new number at the end of a type; a type; a method; an interface; a value of an enum that is only sent once every silo knows it.
        May not be done: removing, renaming or renumbering anything, or changing its type. Add something beside it, and remove the old one when no silo of a version that uses it runs any more.
        """;

    private static IReadOnlyList<string> Pinned { get; } =
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "WireContract.txt"))
            .Where(static line => line.Length > 0 && !line.StartsWith('#'))];

    [Fact]
    public void Nothing_that_other_versions_rely_on_is_gone()
    {
        var gone = Pinned.Except(WireContract.Lines).ToArray();
        Assert.True(gone.Length == 0,
            $"{Rules}\nGone or changed:\n{string.Join('\n', gone.Select(static l => "- " + l))}");
    }

    [Fact]
    public void What_was_added_stands_in_the_file()
    {
        var added = WireContract.Lines.Except(Pinned).ToArray();
        Assert.True(added.Length == 0,
            $"{Rules}\nNot in tests/AccountGrid.Grains.Tests/WireContract.txt:\n{string.Join('\n', added.Select(static l => "+ " + l))}");
    }

    [Fact]
    public void The_whole_of_it_is_really_read()
    {
        Assert.Contains("grain account: ag.IAccountGrain", WireContract.Lines);
        Assert.Contains(
            "method ag.IOperatorGrain.Settle(Int64, Nullable<DateTimeOffset>) -> Task one-way", WireContract.Lines);
        Assert.Contains("member ag.account 09 Followers: ag.followers", WireContract.Lines);
        Assert.Contains("type ag.operator-command.offboard is ag.operator-command", WireContract.Lines);
        Assert.Contains("enum CountQuality 3 Unavailable", WireContract.Lines);
        Assert.Contains("snapshot HeadHash: Byte[]", WireContract.Lines);
        Assert.Equal(WireContract.Lines.Count, WireContract.Lines.Distinct().Count());
    }
}
