using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>What time does: always the system's act, always checked again in full.</summary>
public sealed class DueTests
{
    public sealed class A_suspension : Scheduled
    {
        [Fact]
        public void Ends_by_itself_as_the_systems_act()
        {
            World.Send(Small, Suspend(World.Now.AddHours(1)), World.As("kim"));
            World.Advance(TimeSpan.FromHours(5));

            var step = Assert.Single(World.FireDue(Small));

            Assert.Equal(Actor.System, step.Appended[0].Actor);
            Assert.Equal(LiftCause.Expired, Expect.Only<AccountEvent.HoldLifted>(step).Cause);
            Assert.Equal((AccountStatus.Active, (DateTimeOffset?)null), (step.After.Status, step.After.DueAt));
        }

        [Fact]
        public void Does_not_end_before_its_time()
        {
            World.Send(Small, Suspend(World.Now.AddHours(1)), World.As("kim"));
            World.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMicroseconds(1));

            Assert.Empty(World.FireDue(Small));
        }

        [Fact]
        public void Tells_the_reads_that_were_refused_meanwhile()
        {
            World.Send(Small, Suspend(World.Now.AddHours(1)), World.As("kim"));
            World.Advance(TimeSpan.FromHours(1));

            Assert.Equal(9,
                Expect.Only<AccountEvent.HoldLifted>(
                    World.Send(Small, new AccountCommand.FireDue(9), Caller.System)).ReadsRefused);
        }

        [Fact]
        public void That_fires_after_its_own_end_is_refused()
        {
            // The silo was down from before it should begin until after it should end: it would have gone down and up
            // again at once.
            World.Send(Small, Suspend(until: World.Now.AddHours(2), at: World.Now.AddHours(1)), World.As("kim"));
            World.Advance(TimeSpan.FromHours(2));

            Refused(RefusalReason.ProposalVoid, World.FireDue(Small));
        }
    }

    public sealed class A_scheduled_action : Scheduled
    {
        [Fact]
        public void Fires_at_its_time_in_the_name_of_its_proposer()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Advance(TimeSpan.FromHours(1));

            var step = Assert.Single(World.FireDue(Small));

            Assert.Equal("kim", Expect.Only<AccountEvent.HoldPlaced>(step).PlacedBy.Subject);
            Assert.Equal(Actor.System, step.Appended[0].Actor);
            Assert.Equal(Actor.Operator(World.Person("kim")), ((Decision.Accepted)step.Decision).Charged);
        }

        [Fact]
        public void Of_somebody_who_left_is_refused()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Offboard("kim", World.Now.AddMinutes(59));
            World.Advance(TimeSpan.FromHours(1));

            Refused(RefusalReason.AuthorityEnded, World.FireDue(Small));
        }

        [Fact]
        public void Of_somebody_who_lost_the_role_is_refused()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Enroll("kim", Roles.Auditor);
            World.Advance(TimeSpan.FromHours(1));

            Refused(RefusalReason.ForbiddenRole, World.FireDue(Small));
        }

        [Fact]
        public void Of_somebody_who_is_in_notice_by_now_needs_a_second_person()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Enroll("kim", endsAt: World.Now.AddDays(2));
            World.Advance(TimeSpan.FromHours(1));

            Refused(RefusalReason.NeedsSecondPerson, World.FireDue(Small));
        }

        [Fact]
        public void On_an_account_that_is_protected_by_now_needs_a_second_person()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Followers[Small] = 1_000_000;
            World.Advance(TimeSpan.FromHours(1));

            Refused(RefusalReason.NeedsSecondPerson, World.FireDue(Small));
        }

        [Fact]
        public void Of_somebody_over_budget_is_refused()
        {
            var others = Enumerable.Range(10, 3).Select(i => World.Register(i, followers: 900_000)).ToArray();
            World.Send(others[0], Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Advance(TimeSpan.FromHours(1));
            World.Send(others[1], Deactivate(), World.As("kim"));
            World.Send(others[2], Deactivate(), World.As("kim"));

            Refused(RefusalReason.ReachExceeded, World.FireDue(others[0]));
        }

        [Fact]
        public void That_nothing_stands_in_the_way_of_may_grow_within_its_tier()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            World.Followers[Small] = 500_000;
            World.Advance(TimeSpan.FromHours(1));

            Expect.Only<AccountEvent.HoldPlaced>(Assert.Single(World.FireDue(Small)));
        }
    }

    public sealed class An_approved_action : Scheduled
    {
        [Fact]
        public void Fires_with_both_names()
        {
            Approved();

            var placed = Expect.Only<AccountEvent.HoldPlaced>(Assert.Single(World.FireDue(Famous)));

            Assert.Equal(("kim", "lee"), (placed.PlacedBy.Subject, placed.ApprovedBy!.Value.Value));
        }

        [Fact]
        public void Of_an_approver_who_left_is_refused()
        {
            Approved(() => World.Offboard("lee", World.Now));

            Refused(RefusalReason.AuthorityEnded, World.FireDue(Famous));
        }

        [Fact]
        public void Of_an_approver_in_notice_is_refused()
        {
            Approved(() => World.Enroll("lee", endsAt: World.Now.AddDays(2)));

            Refused(RefusalReason.NoticePeriod, World.FireDue(Famous));
        }

        [Fact]
        public void Of_a_proposer_who_left_is_refused()
        {
            Approved(() => World.Offboard("kim", World.Now));

            Refused(RefusalReason.AuthorityEnded, World.FireDue(Famous));
        }

        [Fact]
        public void Is_refused_once_the_impact_is_not_the_one_that_was_shown()
        {
            // Two people consented to 41 million; the check at the approval alone let it fire on any number.
            Approved(() => World.Followers[Famous] = 90_000_000);

            Refused(RefusalReason.ProposalVoid, World.FireDue(Famous));
        }

        [Fact]
        public void Of_an_approver_who_left_is_refused_even_where_one_person_would_do_by_now()
        {
            // The approver was asked only while a second person was needed, so an ended authority went on sparing the
            // reach budget.
            World.Enroll("kim", endsAt: World.Now.AddDays(10));
            Expect.Pending(World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim")));
            Expect.Pending(World.Send(Small, Approve(2), World.As("lee")));
            World.Enroll("kim");
            World.Offboard("lee", World.Now);
            World.Advance(TimeSpan.FromHours(1));

            Refused(RefusalReason.AuthorityEnded, World.FireDue(Small));
        }

        private void Approved(Action? meanwhile = null)
        {
            World.Send(Famous, Deactivate(World.Now.AddHours(1)), World.As("kim"));
            Expect.Pending(World.Send(Famous, Approve(2), World.As("lee")));
            meanwhile?.Invoke();
            World.Advance(TimeSpan.FromHours(1));
        }
    }

    public sealed class An_open_proposal : Scheduled
    {
        [Fact]
        public void Expires_as_the_systems_act()
        {
            World.Send(Famous, Deactivate(), World.As("kim"));
            World.Advance(TimeSpan.FromMinutes(15));

            var step = Assert.Single(World.FireDue(Famous));

            Assert.Equal(ProposalState.Expired, Expect.Only<AccountEvent.ProposalClosed>(step).State);
            Assert.Equal(Actor.System, step.Appended[0].Actor);
        }
    }

    public sealed class Freeze : Scheduled
    {
        [Fact]
        public void It_voids_what_the_person_proposed_or_scheduled()
        {
            World.Send(Famous, Deactivate(), World.As("kim"));
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));

            foreach (var account in new[] { Famous, Small })
            {
                var closed = Expect.Only<AccountEvent.ProposalClosed>(
                    World.Send(account, new AccountCommand.Freeze(World.Person("kim")), Caller.System));
                Assert.Equal((ProposalState.Void, RefusalReason.AuthorityEnded), (closed.State, closed.Reason));
            }
        }

        [Fact]
        public void It_leaves_what_others_proposed()
        {
            World.Send(Famous, Deactivate(), World.As("kim"));

            Assert.Empty(World.Send(Famous, new AccountCommand.Freeze(World.Person("lee")), Caller.System).Appended);
        }
    }

    public sealed class The_systems_commands : Scheduled
    {
        [Fact]
        public void Are_nobody_elses()
        {
            // A person's fire-due would have recorded a suspension's end under that person's name.
            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, new AccountCommand.FireDue(), World.As("kim")));
            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, new AccountCommand.Freeze(World.Person("lee")), World.As("kim")));
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, new AccountCommand.FireDue(), World.Service));
        }
    }

    /// <summary>Every test gets a fresh world.</summary>
    public abstract class Scheduled
    {
        protected Scheduled()
        {
            World.Enroll(World.Admin, Roles.Admin);
            World.Enroll("kim");
            World.Enroll("lee");
            Small = World.Register(1, followers: 100);
            Famous = World.Register(25073877, followers: 41_000_000);
        }

        protected World World { get; } = new();

        protected AccountId Small { get; }

        protected AccountId Famous { get; }

        protected static void Refused(RefusalReason reason, IEnumerable<Step> steps)
        {
            var step = Assert.Single(steps);
            var closed = Expect.Only<AccountEvent.ProposalClosed>(step);
            Assert.Equal((ProposalState.Refused, reason), (closed.State, closed.Reason));
            Assert.Equal(Actor.System, step.Appended[0].Actor);
            Assert.Equal(AccountStatus.Active, step.After.Status);
        }
    }
}
