namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>Approvals count only from other people who have held their role since before the proposal.</summary>
public sealed class AuthorityTests
{
    private readonly World _world = new();
    private readonly AccountId _account;

    public AuthorityTests()
    {
        _account = _world.Register(1, followers: 5_000_000);
        _world.Enroll("kim", Roles.Support);
        _world.Enroll("lee", Roles.Approver);
        _world.Advance(TimeSpan.FromMinutes(1));
        Expect.Pending(_world.Send(_account, Commands.Deactivate(), World.As("kim")));
        _world.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void An_approver_of_later_than_the_proposal_does_not_count()
    {
        _world.Enroll("pat", Roles.Approver);
        Expect.Refused(RefusalReason.ForbiddenRole, _world.Send(_account, Commands.Approve(2), World.As("pat")));
        Expect.Done(_world.Send(_account, Commands.Approve(2), World.As("lee")));
    }

    [Fact]
    public void An_approver_who_left_and_came_back_does_not_count()
    {
        _world.Offboard("lee", _world.Now);
        _world.Advance(TimeSpan.FromSeconds(1));
        _world.Enroll("lee", Roles.Approver);
        Expect.Refused(RefusalReason.ForbiddenRole, _world.Send(_account, Commands.Approve(2), World.As("lee")));
    }

    [Fact]
    public void What_somebody_proposed_in_a_former_authority_is_void()
    {
        _world.Offboard("kim", _world.Now);
        _world.Advance(TimeSpan.FromSeconds(1));
        _world.Enroll("kim", Roles.Support);
        Expect.Refused(RefusalReason.ProposalVoid, _world.Send(_account, Commands.Approve(2), World.As("lee")));
        Assert.Null(_world[_account].Proposal);
    }

    [Fact]
    public void Nor_does_it_fire()
    {
        var small = _world.Register(2);
        _world.Send(small, Commands.Deactivate(at: _world.Now.AddHours(1)), World.As("kim"));
        _world.Offboard("kim", _world.Now);
        _world.Advance(TimeSpan.FromMinutes(30));
        _world.Enroll("kim", Roles.Support);
        _world.Advance(TimeSpan.FromMinutes(30));

        var closed = Assert.IsType<AccountEvent.ProposalClosed>(
            Assert.Single(Assert.Single(_world.FireDue(small)).Appended).Event);
        Assert.Equal((ProposalState.Refused, RefusalReason.AuthorityEnded), (closed.State, closed.Reason));
        Assert.Equal(AccountStatus.Active, _world[small].Status);
    }

    [Fact]
    public void Two_subjects_of_one_human_being_are_one_person()
    {
        var (kim, pat) = (World.Person("kim"), World.Person("pat"));
        var pending = _world[_account].Proposal!;
        var situation = new Situation(_world.Now, 5_000_000, new(), new Dictionary<OperatorId, Authority>
        {
            [kim] = new(kim, Standing.Active, Roles.Support, PersonId: "emp-7"),
            [pat] = new(pat, Standing.Active, Roles.Approver, PersonId: "EMP-7"),
        });
        var request = new AccountRequest(Commands.Approve(pending.Sequence), World.As("pat"));
        var refused = Assert.IsType<Decision.Refused>(AccountDecider.Decide(_world[_account], request, situation));
        Assert.Equal(RefusalReason.SamePerson, refused.Refusal.Reason);
    }

    [Fact]
    public void A_repetition_is_answered_by_the_standing_of_today()
    {
        var small = _world.Register(2);
        Expect.Done(_world.Send(small, Commands.Deactivate(), World.As("kim"), "r1"));
        _world.Offboard("kim", _world.Now);
        var again = _world.Send(small, Commands.Deactivate(), World.As("kim"), "r1");
        Assert.Equal(RefusalReason.AuthorityEnded, again.Refusal?.Reason);
        Assert.Empty(again.Appended);
    }
}
