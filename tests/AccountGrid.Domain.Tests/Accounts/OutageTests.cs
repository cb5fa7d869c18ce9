using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

public sealed class OutageTests
{
    private readonly World _world = new();
    private readonly AccountId _account;

    public OutageTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _account = _world.Register(1, followers: 100);
    }

    private AccountState State => _world[_account];

    [Fact]
    public void An_account_that_is_up_is_down_since_never()
    {
        Assert.Null(Outage.Since(State));
        Assert.Equal(TimeSpan.Zero, Outage.Ended(State, State, _world.Now));
    }

    [Fact]
    public void All_of_it_is_over_when_the_account_comes_up()
    {
        var from = _world.Now;
        _world.Send(_account, Deactivate(), World.As("kim"));
        var before = State;
        _world.Advance(TimeSpan.FromMinutes(11));
        _world.Send(_account, Restore(), World.As("kim"));

        Assert.Equal(from, Outage.Since(before));
        Assert.Equal(TimeSpan.FromMinutes(11), Outage.Ended(before, State, _world.Now));
        Assert.Equal(TimeSpan.Zero, Outage.Ended(before, before, _world.Now));
    }

    [Fact]
    public void A_clock_that_went_back_makes_it_no_less_than_nothing()
    {
        _world.Send(_account, Deactivate(), World.As("kim"));
        var before = State;
        _world.Send(_account, Restore(), World.As("kim"));
        Assert.Equal(TimeSpan.Zero, Outage.Ended(before, State, _world.Now.AddDays(-1)));
    }

    [Fact]
    public void Erasing_ends_nothing()
    {
        _world.Send(_account, Deactivate(), World.As("kim"));
        var before = State;
        Assert.Equal(TimeSpan.Zero,
            Outage.Ended(before, before with { ErasedAt = _world.Now.AddDays(1), Holds = [] }, _world.Now.AddDays(1)));
    }
}
