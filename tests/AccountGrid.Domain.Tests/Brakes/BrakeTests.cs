using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Brakes;

/// <summary>
/// The brake over the grid: kim, lee and max take accounts down, the limit is two of them or 1,000 followers.
/// </summary>
public class BrakeTests
{
    private readonly World _world = new() { BrakePolicy = new() { MaxHarms = 2, MaxReach = 1_000 } };

    public BrakeTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _world.Enroll("lee");
        _world.Enroll("max", Roles.Support);
        for (var id = 1; id <= 6; id++)
        {
            _world.Register(id, followers: 100);
        }

        _world.Advance(TimeSpan.FromMinutes(1));
    }

    private Step Down(long id, string name, bool directOnly = false) => _world.Send(
        new(id), Commands.Harm(HarmKind.Deactivate, directOnly: directOnly), World.As(name));

    private void Engage()
    {
        Expect.Done(Down(1, "kim"));
        Expect.Done(Down(2, "lee"));
        Expect.Pending(Down(3, "max"));
    }

    public sealed class Above_the_limit : BrakeTests
    {
        [Fact]
        public void The_next_harm_of_a_third_person_waits_for_a_second_one()
        {
            Engage();
            var engaged = Assert.IsType<BrakeEvent.Engaged>(Assert.Single(_world.BrakeJournal).Event);
            Assert.Equal(new(2, 200, 2, 1_000, _world.Now.AddHours(1)), engaged);
            Assert.Equal(AccountStatus.Active, _world[new(3)].Status);
            Expect.Done(_world.Send(new(3), Approve(_world[new(3)].Proposal!.Sequence), World.As("lee")));
        }

        [Fact]
        public void A_services_harm_waits_too()
        {
            Engage();
            Expect.Pending(_world.Send(new(4), Commands.Harm(HarmKind.OwnerDeactivate), World.Service));
        }

        [Fact]
        public void Direct_only_is_refused_and_the_message_names_the_brake()
        {
            Engage();
            var refusal = Expect.Refused(RefusalReason.NeedsSecondPerson, Down(4, "max", directOnly: true));
            Assert.Contains("brake", refusal.Message, StringComparison.Ordinal);
        }

        [Fact]
        public void A_harm_that_was_scheduled_alone_is_refused_when_its_time_comes()
        {
            var later = Expect.Pending(_world.Send(
                new(4), Deactivate(_world.Now.AddMinutes(10)), World.As("max")));
            Assert.Equal(ProposalState.Scheduled, later.After.Proposal!.State);
            Engage();
            _world.Advance(TimeSpan.FromMinutes(10));
            var closed = Expect.Only<AccountEvent.ProposalClosed>(Assert.Single(_world.FireDue(new(4))));
            Assert.Equal((ProposalState.Refused, RefusalReason.NeedsSecondPerson), (closed.State, closed.Reason));
            Assert.Contains("brake", closed.Note, StringComparison.Ordinal);
        }

        [Fact]
        public void A_suspension_is_prolonged_by_two_and_shortened_by_one()
        {
            Expect.Done(_world.Send(new(4), Suspend(_world.Now.AddHours(8)), World.As("kim")));
            Expect.Done(Down(1, "lee"));
            Expect.Pending(_world.Send(
                new(4), Commands.Harm(HarmKind.ChangeSuspension, _world.Now.AddHours(9)), World.As("kim")));
            Expect.Done(_world.Send(
                new(4), Commands.Harm(HarmKind.ChangeSuspension, _world.Now.AddHours(7)), World.As("kim")));
        }

        [Fact]
        public void What_heals_is_not_asked_about()
        {
            Engage();
            Expect.Done(_world.Send(new(1), Restore(), World.As("max")));
            Expect.Done(_world.Send(new(4), Protect(_world.Now.AddDays(30)), World.As("max")));
            Expect.Done(_world.Send(new(3), Reject(_world[new(3)].Proposal!.Sequence), World.As("max")));
        }

        [Fact]
        public void It_ends_with_the_window()
        {
            Engage();
            _world.Advance(TimeSpan.FromHours(1));
            Expect.Done(Down(4, "max"));
        }

        [Fact]
        public void What_two_people_did_counts_nothing()
        {
            Expect.Done(Down(1, "kim"));
            Expect.Pending(_world.Send(new(2), Commands.Harm(HarmKind.Erase), World.As("kim")));
            Expect.Done(_world.Send(new(2), Approve(_world[new(2)].Proposal!.Sequence), World.As("lee")));
            Expect.Done(Down(3, "max"));
            Expect.Pending(Down(4, "max"));
        }

        [Fact]
        public void The_followers_count_as_the_number_does()
        {
            _world.Followers[new(2)] = 900;
            Expect.Done(Down(2, "kim"));
            _world.Followers[new(3)] = 101;
            Expect.Pending(Down(3, "lee"));
            Assert.Equal(1, Assert.IsType<BrakeEvent.Engaged>(Assert.Single(_world.BrakeJournal).Event).Harms);
        }

        // The budget is looked at first: a service over its budget could otherwise open a proposal on every account.
        [Fact]
        public void A_person_over_the_own_budget_is_refused_and_opens_nothing()
        {
            var world = new World { OperatorPolicy = new() { MaxHarms = 1 }, BrakePolicy = new() { MaxHarms = 1 } };
            world.Enroll("kim");
            foreach (var id in new[] { 1, 2 })
            {
                world.Register(id);
            }

            Expect.Done(world.Send(new(1), Deactivate(), World.As("kim")));
            Expect.Refused(RefusalReason.BudgetExceeded, world.Send(new(2), Deactivate(), World.As("kim")));
            Assert.Empty(world.BrakeJournal);
        }
    }

    public sealed class A_release : BrakeTests
    {
        [Fact]
        public void Lets_one_person_act_again_and_the_sums_begin_anew()
        {
            Engage();
            _world.Advance(TimeSpan.FromMinutes(1));
            Assert.Null(_world.Release("lee").Refusal);
            Assert.Equal((_world.Now, "lee", "looked at"), (
                _world.Brake.Release!.At, _world.Brake.Release.By.Value, _world.Brake.Release.Note));
            _world.Advance(TimeSpan.FromMinutes(1));
            Expect.Done(Down(4, "max"));
            Expect.Done(Down(5, "max"));
            Expect.Pending(Down(6, "max"));
        }

        [Fact]
        public void Of_what_is_not_engaged_is_of_the_wrong_status()
        {
            Assert.Equal(RefusalReason.WrongStatus, _world.Release("lee").Refusal!.Reason);
            Engage();
            _world.Advance(TimeSpan.FromHours(1));
            Assert.Equal(RefusalReason.WrongStatus, _world.Release("lee").Refusal!.Reason);
        }

        [Fact]
        public void Takes_an_approver()
        {
            Engage();
            Assert.Equal(RefusalReason.ForbiddenRole, _world.Release("max").Refusal!.Reason);
            Assert.Equal(RefusalReason.AuthorityEnded, _world.Release("stranger").Refusal!.Reason);
        }

        [Fact]
        public void That_is_refused_is_an_entry_up_to_a_number_an_hour()
        {
            Engage();
            for (var i = 0; i < Limits.PowerlessRefusalEntries + 3; i++)
            {
                _world.Release("max");
            }

            Assert.Equal(1 + Limits.PowerlessRefusalEntries, _world.BrakeJournal.Count);
            _world.Advance(Limits.RefusalWindow + TimeSpan.FromSeconds(1));
            _world.Release("max");
            Assert.Equal(2 + Limits.PowerlessRefusalEntries, _world.BrakeJournal.Count);
        }

        [Fact]
        public void That_is_refused_is_an_entry_whatever_others_have_sent()
        {
            Engage();
            for (var i = 0; i < Limits.PowerlessRefusalEntries + 3; i++)
            {
                _world.Release("max");
            }

            var before = _world.BrakeJournal.Count;
            Assert.Equal(RefusalReason.ForbiddenRole, _world.Release(World.Admin).Refusal!.Reason);
            Assert.Equal(before + 1, _world.BrakeJournal.Count);
        }

        /// <summary>One approver's noise made another's request id forgotten: a late retry released the brake.</summary>
        [Fact]
        public void That_was_refused_is_refused_again_whatever_others_have_sent()
        {
            for (var i = 0; i < Limits.RefusalEntries + 6; i++)
            {
                _world.Release("kim", requestId: $"n-{i}");
            }

            Assert.Equal(RefusalReason.WrongStatus, _world.Release("lee", requestId: "late").Refusal!.Reason);
            Engage();
            Assert.Equal(RefusalReason.WrongStatus, _world.Release("lee", requestId: "late").Refusal!.Reason);
            Assert.NotNull(_world.Release("lee", requestId: "fresh").Event);
        }

        [Fact]
        public void Does_not_take_an_approver_in_the_notice_period()
        {
            Engage();
            _world.Offboard("lee", _world.Now.AddDays(3));
            Assert.Equal(RefusalReason.NoticePeriod, _world.Release("lee").Refusal!.Reason);
        }

        [Fact]
        public void Does_not_take_an_approver_who_got_the_role_after_it_engaged()
        {
            Engage();
            _world.Advance(TimeSpan.FromMinutes(1));
            _world.Enroll("new", Roles.Approver);
            Assert.Equal(RefusalReason.ForbiddenRole, _world.Release("new").Refusal!.Reason);
        }

        [Fact]
        public void Needs_a_note()
        {
            Engage();
            Assert.Equal("note", _world.Release("lee", note: "").Refusal!.Field);
            Assert.Equal("note", _world.Release("lee", note: "   ").Refusal!.Field);
            Assert.Equal("note", _world.Release("lee", note: new string('x', 1_001)).Refusal!.Field);
        }

        [Fact]
        public void Acts_once_with_the_same_request_id()
        {
            Engage();
            Assert.NotNull(_world.Release("lee", requestId: "r-1").Event);
            Assert.Equal(new BrakeDecision(null, null), _world.Release("lee", requestId: "r-1"));
            Assert.Equal(
                RefusalReason.RequestIdConflict, _world.Release("lee", "other", requestId: "r-1").Refusal!.Reason);
            Assert.Equal("requestId", _world.Release("lee", requestId: " ").Refusal!.Field);
        }
    }

    public sealed class The_journal : BrakeTests
    {
        [Fact]
        public void That_has_a_gap_or_releases_what_is_not_engaged_does_not_fold()
        {
            var released = new BrakeEvent.Released("why");
            var lee = Actor.Operator(World.Person("lee"));
            Assert.Throws<InvalidOperationException>(
                () => BrakeEvolver.Evolve(BrakeState.Initial, new(released, 2, _world.Now, lee)));
            Assert.Throws<InvalidOperationException>(
                () => BrakeEvolver.Evolve(BrakeState.Initial, new(released, 1, _world.Now, lee)));
            Engage();
            Assert.Throws<InvalidOperationException>(
                () => BrakeEvolver.Evolve(_world.Brake, new(released, 2, _world.Now, Actor.System)));
        }
    }
}
