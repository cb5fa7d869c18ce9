using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>The end of a running suspension: later is a harm, earlier heals.</summary>
public sealed class SuspensionTests
{
    private readonly World _world = new();
    private readonly AccountId _small;
    private readonly AccountId _famous;

    public SuspensionTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _world.Enroll("lee");
        _small = _world.Register(1, followers: 10);
        _famous = _world.Register(2, followers: 41_000_000);
    }

    private DateTimeOffset Day(int days) => _world.Now.AddDays(days);

    private static AccountCommand Change(DateTimeOffset? until, bool directOnly = false) =>
        Harm(HarmKind.ChangeSuspension, until, directOnly: directOnly);

    private Hold Suspension(AccountId account) => _world[account].HoldOf(HoldKind.Suspension)!;

    [Fact]
    public void One_person_prolongs_that_of_a_standard_account_and_it_counts_as_a_harm()
    {
        _world.Send(_small, Suspend(Day(1)), World.As("kim"));

        var step = Expect.Done(_world.Send(_small, Change(Day(3)), World.As("lee")));

        var lee = Actor.Operator(World.Person("lee"));
        Assert.Equal((lee, 10L), Budget.ChargeOf(Expect.Only<AccountEvent.SuspensionProlonged>(step)));
        Assert.Equal(lee, ((Decision.Accepted)step.Decision).Charged);
        var hold = Suspension(_small);
        Assert.Equal((Day(3), "kim"), (hold.Until, hold.PlacedBy.Subject));
        Assert.Equal(new Prolongation(lee, null, _world.Now), hold.Prolonged);
        Assert.Equal(Day(3), _world[_small].DueAt);
        _world.Advance(TimeSpan.FromDays(2));
        Assert.Empty(_world.FireDue(_small));
        _world.Advance(TimeSpan.FromDays(1));
        Assert.Single(_world.FireDue(_small));
    }

    [Fact]
    public void Without_a_new_end_it_no_longer_ends_by_itself()
    {
        _world.Send(_small, Suspend(Day(1)), World.As("kim"));
        Expect.Done(_world.Send(_small, Change(null), World.As("kim")));
        Assert.Equal((null, (DateTimeOffset?)null), (Suspension(_small).Until, _world[_small].DueAt));

        Expect.Done(_world.Send(_small, Change(Day(1)), World.As("kim")));
        Assert.Equal(Day(1), Suspension(_small).Until);
    }

    [Fact]
    public void One_person_shortens_it_whatever_the_tier_the_budget_and_the_notice()
    {
        var world = new World { OperatorPolicy = new() { MaxHarms = 1 } };
        world.Enroll(World.Admin, Roles.Admin);
        world.Enroll("kim");
        world.Enroll("lee");
        var famous = world.Register(2, followers: 41_000_000);
        world.Send(famous, Suspend(world.Now.AddDays(9)), World.As("kim"));
        Expect.Done(world.Send(famous, Approve(world[famous].Proposal!.Sequence), World.As("lee")));
        world.Offboard("kim", world.Now.AddDays(1));

        var step = Expect.Done(world.Send(famous, Change(world.Now.AddDays(2)), World.As("kim")));

        Assert.Null(Budget.ChargeOf(Expect.Only<AccountEvent.SuspensionShortened>(step)));
        Assert.Equal(world.Now.AddDays(2), world[famous].HoldOf(HoldKind.Suspension)!.Until);
        Expect.Invalid("until", world.Send(famous, Change(world.Now), World.As("lee")));
    }

    [Fact]
    public void A_protected_account_stays_down_for_longer_only_by_two_people()
    {
        _world.Send(_famous, Suspend(Day(1)), World.As("kim"));
        Expect.Done(_world.Send(_famous, Approve(_world[_famous].Proposal!.Sequence), World.As("lee")));
        Expect.Refused(
            RefusalReason.NeedsSecondPerson, _world.Send(_famous, Change(Day(5), directOnly: true), World.As("kim")));

        Expect.Pending(_world.Send(_famous, Change(Day(5)), World.As("lee")));
        Assert.Equal(Day(1), Suspension(_famous).Until);
        var proposal = _world[_famous].Proposal!.Sequence;
        Expect.Refused(RefusalReason.SamePerson, _world.Send(_famous, Approve(proposal), World.As("lee")));

        Expect.Done(_world.Send(_famous, Approve(proposal), World.As("kim")));
        Assert.Equal(Day(5), Suspension(_famous).Until);
        Assert.Null(_world[_famous].Proposal);
        Assert.Equal(["kim", "lee"],
            IncidentReport.From(_famous, _world.Journal(_famous)).Single().Approvals.Select(p => p.Value).Order());
    }

    [Fact]
    public void A_proposal_to_prolong_is_void_when_the_suspension_is_shortened_or_lifted_meanwhile()
    {
        _world.Send(_famous, Suspend(Day(3)), World.As("kim"));
        Expect.Done(_world.Send(_famous, Approve(_world[_famous].Proposal!.Sequence), World.As("lee")));
        _world.Send(_famous, Change(Day(5)), World.As("lee"));
        var proposal = _world[_famous].Proposal!.Sequence;
        Expect.Done(_world.Send(_famous, Change(Day(2)), World.As("lee")));
        Expect.Refused(RefusalReason.ProposalVoid, _world.Send(_famous, Approve(proposal), World.As("kim")));
        Assert.Equal(Day(2), Suspension(_famous).Until);
    }

    [Fact]
    public void What_does_not_run_or_ends_then_already_is_not_changed()
    {
        Expect.Refused(RefusalReason.WrongStatus, _world.Send(_small, Change(Day(1)), World.As("kim")));
        _world.Send(_small, Deactivate(), World.As("kim"));
        Expect.Refused(RefusalReason.WrongStatus, _world.Send(_small, Change(null), World.As("kim")));
        _world.Send(_small, Suspend(Day(1)), World.As("kim"));
        Expect.Refused(RefusalReason.WrongStatus, _world.Send(_small, Change(Day(1)), World.As("kim")));
        Expect.Invalid("until", _world.Send(_small, Change(_world.Now + Limits.SuspensionLength + TimeSpan.FromDays(1)),
            World.As("kim")));
        Expect.Refused(
            RefusalReason.ForbiddenRole, _world.Send(_small, Change(Day(2)), World.As("kim", Roles.Approver)));
        Expect.Refused(
            RefusalReason.ForbiddenRole, _world.Send(_small, Change(_world.Now.AddHours(1)), World.Service));
    }

    [Fact]
    public void The_undo_of_a_persons_acts_lifts_what_that_person_prolonged()
    {
        _world.Send(_small, Suspend(Day(9)), World.As("kim"));
        _world.Advance(TimeSpan.FromHours(1));
        var since = _world.Now;
        _world.Send(_small, Change(Day(30)), World.As("lee"));

        Expect.Refused(RefusalReason.WrongStatus, _world.Send(_small, Undo("kim", since), World.As("kim")));
        var step = Expect.Done(_world.Send(_small, Undo("lee", since), World.As("kim")));

        Assert.Equal(LiftCause.Undo, Expect.Only<AccountEvent.HoldLifted>(step).Cause);
        Assert.Equal(AccountStatus.Active, step.After.Status);
        Assert.Equal(4, IncidentReport.From(_small, _world.Journal(_small)).Single().Sequences.Length + 1);
    }

    [Fact]
    public void A_late_repetition_is_answered_as_the_first_time_and_changes_nothing()
    {
        _world.Send(_small, Suspend(Day(1)), World.As("kim"));
        Expect.Done(_world.Send(_small, Change(Day(3)), World.As("kim"), "r1"));
        Expect.Done(_world.Send(_small, Change(Day(2)), World.As("lee"), "r2"));

        var again = _world.Send(_small, Change(Day(3)), World.As("kim"), "r1");

        Assert.IsType<Decision.Replayed>(again.Decision);
        Assert.Equal(Day(2), Suspension(_small).Until);
    }
}
