using System.Collections.Immutable;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>What the silos of a cluster say while nothing is under way.</summary>
public sealed class AgreementCheckerTests
{
    private static readonly Seen First =
        new(Tale.Id, 1, Account.Types.Status.Active, new FollowersSeen(0, 100, Exact: true));

    [Fact]
    public void Is_the_same() => Assert.Empty(Check(First));

    [Fact]
    public void May_be_newer_where_something_fell_due_meanwhile() =>
        Assert.Empty(Check(First with { Version = 2, Status = Account.Types.Status.Deactivated }));

    [Fact]
    public void Is_not_older() => Assert.NotEmpty(Check(First with { Version = 0 }));

    [Fact]
    public void Is_not_another_status_of_one_version() =>
        Assert.NotEmpty(Check(First with { Status = Account.Types.Status.Suspended }));

    [Fact]
    public void Is_not_another_count() =>
        Assert.NotEmpty(Check(First with { Followers = new FollowersSeen(1, 101, Exact: true) }));

    private static IEnumerable<Violation> Check(Seen other) =>
        AgreementChecker.Check(
            "silo 2", new Tale().Recovered(), ImmutableDictionary<long, Seen>.Empty.Add(Tale.Id, other));
}
