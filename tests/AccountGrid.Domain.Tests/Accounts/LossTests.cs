using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>The allowance to lose followers: two people give it, one ends it.</summary>
public sealed class LossTests
{
    private readonly World _world = new() { AccountPolicy = new() { ProtectedReach = 1000 } };
    private readonly AccountId _account;

    public LossTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _world.Enroll("lee");
        _world.Enroll("ann", Roles.Approver);
        _account = _world.Register(1, followers: 10);
        _world.SetFollowers(_account, 1500);
    }

    [Fact]
    public void It_takes_two_people_and_costs_the_proposer_a_harm_without_reach()
    {
        var asked = Expect.Pending(Ask());
        Expect.Refused(RefusalReason.SamePerson, Send(Approve(asked.After.Proposal!.Sequence), "kim"));
        var allowed = Expect.Only<AccountEvent.FollowerLossAllowed>(
            Expect.Done(Send(Approve(asked.After.Proposal!.Sequence), "lee")));

        Assert.Equal(
            (Actor.Operator(World.Person("kim")), World.Person("lee")), (allowed.PlacedBy, allowed.ApprovedBy));
        Assert.Equal((500, _world.Now.AddHours(1)), (allowed.Action.Followers, allowed.Action.Until));
        Assert.Equal([0L], _world.ChargesOf(World.Person("kim")).Select(c => c.Reach));
        Assert.Equal(AccountStatus.Active, _world[_account].Status);
        Assert.Empty(IncidentReport.From(_account, _world.Journal(_account)));
        Assert.Null(_world[_account].Proposal);
    }

    [Fact]
    public void Its_number_and_its_time_have_bounds()
    {
        Expect.Invalid("followers", Ask(followers: 0));
        Expect.Invalid("followers", Ask(followers: 1_000_000_000_001));
        Expect.Invalid("until", Ask(length: TimeSpan.FromSeconds(59)));
        Expect.Invalid("until", Ask(length: TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1)));
        Expect.Invalid("until", Send(Harm(new(HarmKind.AllowFollowerLoss, "SPAM", "", "", Followers: 1)), "kim"));
        Expect.Invalid("at", Send(
            Harm(new(
                HarmKind.AllowFollowerLoss, "SPAM", "", "", _world.Now.AddHours(2), _world.Now.AddHours(1), 1)),
            "kim"));
        Expect.Invalid("followers", Send(
            Harm(new(HarmKind.Deactivate, "SPAM", "", "", Followers: 1)), "kim"));
        Expect.Pending(Ask(followers: 1_000_000_000_000, length: TimeSpan.FromDays(7)));
    }

    [Fact]
    public void A_standard_account_needs_none()
    {
        var standard = _world.Register(2, followers: 10);
        Expect.Refused(
            RefusalReason.WrongStatus,
            _world.Send(standard, Harm(Action(500, TimeSpan.FromHours(1))), World.As("kim")));
    }

    [Fact]
    public void An_approver_alone_proposes_none_and_a_service_neither()
    {
        Expect.Refused(RefusalReason.ForbiddenRole, Send(Harm(Action(1, TimeSpan.FromHours(1))), "ann"));
        Expect.Refused(
            RefusalReason.ForbiddenRole,
            _world.Send(_account, Harm(Action(1, TimeSpan.FromHours(1))), World.Service));
    }

    [Fact]
    public void The_next_one_takes_its_place()
    {
        Allow(500);
        Allow(7);
        Assert.Equal(7, _world[_account].Losses!.Allowance!.Followers);
    }

    [Fact]
    public void One_person_of_those_who_may_ask_or_approve_ends_it()
    {
        Allow(500);
        Expect.Refused(RefusalReason.ForbiddenRole, _world.Send(_account, Close(), World.Service));
        Expect.Only<AccountEvent.FollowerLossClosed>(Expect.Done(Send(Close(), "ann")));
        Expect.Refused(RefusalReason.WrongStatus, Send(Close(), "ann"));
        Allow(500);
        _world.Advance(TimeSpan.FromHours(1));
        Expect.Refused(RefusalReason.WrongStatus, Send(Close(), "kim"));
    }

    [Theory]
    [InlineData("kim")]
    [InlineData("lee")]
    public void The_undo_of_either_persons_acts_ends_it(string of)
    {
        Allow(500);
        Expect.Refused(RefusalReason.WrongStatus, Send(Undo(of, _world.Now.AddTicks(10)), "kim"));
        Expect.Refused(RefusalReason.WrongStatus, Send(Undo("ann", _world.Now), "kim"));
        var closed = Expect.Only<AccountEvent.FollowerLossClosed>(Expect.Done(Send(Undo(of, _world.Now), "kim")));
        Assert.Equal(LiftCause.Undo, closed.Cause);
        Assert.Null(_world[_account].Losses!.Allowance);
    }

    private Step Ask(long followers = 500, TimeSpan? length = null) =>
        Send(Harm(Action(followers, length ?? TimeSpan.FromHours(1))), "kim");

    private void Allow(long followers) =>
        Expect.Done(Send(Approve(Expect.Pending(Ask(followers)).After.Proposal!.Sequence), "lee"));

    private Step Send(AccountCommand command, string by) => _world.Send(_account, command, World.As(by));

    private HarmAction Action(long followers, TimeSpan length) =>
        new(HarmKind.AllowFollowerLoss, "SPAM", "", "", _world.Now + length, Followers: followers);

    private static AccountCommand.Harm Harm(HarmAction action) => new(action, false);

    private static AccountCommand.CloseFollowerLoss Close() => new("ERROR", "", "");
}
