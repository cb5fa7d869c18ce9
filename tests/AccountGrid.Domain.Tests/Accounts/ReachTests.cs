using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>Protection by reach outlives the followers.</summary>
public sealed class ReachTests
{
    private readonly World _world = new() { AccountPolicy = new() { ProtectedReach = 1000 } };
    private readonly AccountId _account;

    public ReachTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _world.Enroll("lee");
        _account = _world.Register(1, followers: 10);
        _world.SetFollowers(_account, 1500);
    }

    // A service unfollowed 600 of 1,500 at a threshold of 1,000, and one person took the account down alone.
    [Fact]
    public void An_account_that_lost_its_followers_still_takes_two()
    {
        _world.SetFollowers(_account, 900);

        Expect.Pending(_world.Send(_account, Deactivate(), World.As("kim")));
        Assert.Equal(
            [new AccountEvent.ReachProtected(1500, 1000), new AccountEvent.ReachBelow(900, 1000, _world.Now.AddDays(30))],
            _world.Journal(_account).Select(e => e.Event).Where(e => e is AccountEvent.ReachProtected or AccountEvent.ReachBelow));
        Assert.All(_world.Journal(_account).Skip(1).Take(2), e => Assert.Equal(Actor.System, e.Actor));
    }

    [Fact]
    public void A_crossing_that_no_process_lived_to_note_is_entered_before_the_followers_go()
    {
        var account = _world.Register(2, followers: 10);
        _world.SetFollowers(account, 1500, crashes: true);
        _world.SetFollowers(account, 900, crashes: true);

        Expect.Pending(_world.Send(account, Deactivate(), World.As("kim")));
    }

    // The due work of the cool-off's end found the account below, where it had been only since a moment ago.
    [Fact]
    public void A_rise_after_a_fall_that_no_process_lived_to_note_is_entered_before_the_followers_go_again()
    {
        _world.SetFollowers(_account, 900);
        _world.SetFollowers(_account, 9000, crashes: true);
        _world.Advance(TimeSpan.FromDays(30));
        _world.SetFollowers(_account, 900, crashes: true);

        Assert.DoesNotContain(_world.FireDue(_account),
            s => s.Appended.Any(e => e.Event is AccountEvent.ReachUnprotected));
        Expect.Pending(_world.Send(_account, Deactivate(), World.As("kim")));
    }

    [Fact]
    public void It_ends_when_the_followers_have_been_too_few_for_the_cool_off()
    {
        _world.SetFollowers(_account, 900);
        _world.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.Empty(_world.FireDue(_account));
        _world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(_world.Now, _world[_account].DueAt);

        var end = Expect.Only<AccountEvent.ReachUnprotected>(Assert.Single(_world.FireDue(_account)));

        Assert.Equal(new AccountEvent.ReachUnprotected(900, 1000, null), end);
        Expect.Done(_world.Send(_account, Deactivate(), World.As("kim")));
    }

    [Fact]
    public void It_stays_while_the_count_is_not_known()
    {
        _world.SetFollowers(_account, 900);
        _world.Advance(TimeSpan.FromDays(31));
        _world.SetFollowers(_account, null);

        Assert.Empty(_world.FireDue(_account));
    }

    [Fact]
    public void Followers_that_come_back_begin_the_cool_off_anew()
    {
        _world.SetFollowers(_account, 900);
        _world.Advance(TimeSpan.FromDays(29));
        _world.SetFollowers(_account, 1000);
        _world.Advance(TimeSpan.FromDays(2));
        _world.SetFollowers(_account, 900);
        Assert.Equal(_world.Now.AddDays(30), _world[_account].Reach!.EndsAt);
        Assert.Empty(_world.FireDue(_account));
    }

    [Fact]
    public void A_longer_cool_off_in_the_policy_counts_at_its_end()
    {
        _world.SetFollowers(_account, 900);
        _world.Advance(TimeSpan.FromDays(30));
        var situation = new Situation(
            _world.Now, 900, _world.AccountPolicy with { ReachCoolOff = TimeSpan.FromDays(40) },
            Situation.NoAuthorities);

        var decision = AccountDecider.Decide(
            _world[_account], new(new AccountCommand.FireDue(), Caller.System), situation);

        Assert.Equal(new AccountEvent.ReachBelow(900, 1000, _world.Now.AddDays(10)),
            Assert.Single(Assert.IsType<Decision.Accepted>(decision).Events));
    }

    [Fact]
    public void A_count_that_swings_about_the_threshold_fills_no_journal()
    {
        for (var i = 0; i < 500; i++)
        {
            _world.Advance(TimeSpan.FromSeconds(1));
            _world.SetFollowers(_account, i % 2 == 0 ? 999 : 1000);
        }

        Assert.Equal(4, _world.Journal(_account).Count);
    }

    [Fact]
    public void Two_people_lower_it_after_the_cool_off_of_theirs()
    {
        _world.SetFollowers(_account, 900);
        var proposal = Expect.Pending(_world.Send(_account, Harm(HarmKind.Unprotect), World.As("kim")));
        Expect.Pending(_world.Send(_account, Approve(proposal.After.Proposal!.Sequence), World.As("lee")));
        _world.Advance(TimeSpan.FromHours(24));
        _world.FireDue(_account);

        Assert.Null(_world[_account].Reach);
        Expect.Done(_world.Send(_account, Deactivate(), World.As("kim")));
    }

    [Fact]
    public void No_people_lower_it_while_the_followers_are_there() =>
        Expect.Refused(
            RefusalReason.WrongStatus, _world.Send(_account, Harm(HarmKind.Unprotect), World.As("kim")));

    [Fact]
    public void Only_the_system_notes_it() =>
        Expect.Refused(
            RefusalReason.ForbiddenRole, _world.Send(_account, new AccountCommand.NoteReach(9999), World.As("kim")));
}
