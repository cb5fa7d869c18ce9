using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>
/// The second person. kim has proposed to take down an account with 41 million followers (proposal 2).
/// </summary>
public sealed class ProposalTests
{
    public sealed class Approve : Proposed
    {
        [Fact]
        public void Another_person_executes_it()
        {
            var step = Expect.Done(World.Send(Famous, Commands.Approve(2), World.As("lee")));

            var placed = Expect.Only<AccountEvent.HoldPlaced>(step);
            Assert.Equal(("kim", "lee", 2L),
                (placed.PlacedBy.Subject, placed.ApprovedBy!.Value.Value, placed.ProposalSequence!.Value));
            Assert.Equal("lee", step.Appended[0].Actor.Subject);
            Assert.Equal(AccountStatus.Deactivated, step.After.Status);
            Assert.Null(step.After.Proposal);
            Assert.Equal(new ClosedProposal(2, ProposalState.Executed), Assert.Single(step.After.ClosedProposals));
        }

        [Fact]
        public void The_proposer_is_no_second_person() =>
            Expect.Refused(RefusalReason.SamePerson, World.Send(Famous, Commands.Approve(2), World.As("kim")));

        [Fact]
        public void Nor_is_the_proposer_in_other_letters()
        {
            World.EnrollAsBefore("KIM");

            Expect.Refused(RefusalReason.SamePerson, World.Send(Famous, Commands.Approve(2), World.As("KIM")));
        }

        // One token with the roles service and approver, or two tokens of one subject, took a protected account down
        // alone: the service proposed as the owner, the person approved, and only people were compared with people.
        [Theory]
        [InlineData("lin"), InlineData("LIN"), InlineData("1in")]
        public void Nor_is_a_person_with_the_subject_of_the_service_that_proposed(string approver)
        {
            var other = World.Register(7, followers: 41_000_000);
            Expect.Pending(World.Send(other, Harm(HarmKind.OwnerDeactivate), new(Actor.Service("lin"), Roles.Service)));
            World.Enroll(approver);
            World.Enroll("pat");

            Expect.Refused(RefusalReason.SamePerson, World.Send(other, Commands.Approve(2), World.As(approver)));
            Expect.Done(World.Send(other, Commands.Approve(2), World.As("pat")));
        }

        [Fact]
        public void Without_the_role_it_is_refused()
        {
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Famous, Commands.Approve(2), World.As("max")));
            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Famous, Commands.Approve(2), World.As("lee", Roles.Support)));
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Famous, Commands.Approve(2), World.Service));
        }

        [Fact]
        public void In_the_notice_period_nobody_approves()
        {
            World.Enroll("lee", endsAt: World.Now.AddDays(3));

            Expect.Refused(RefusalReason.NoticePeriod, World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void After_the_end_of_authority_nobody_approves()
        {
            World.Offboard("lee", World.Now);

            Expect.Refused(RefusalReason.AuthorityEnded, World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void It_is_void_once_the_proposers_authority_ended()
        {
            World.Offboard("kim", World.Now);

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Famous, Commands.Approve(2), World.As("lee")));

            Assert.Equal(new ClosedProposal(2, ProposalState.Void), Assert.Single(World[Famous].ClosedProposals));
        }

        [Fact]
        public void It_is_void_once_the_proposer_lost_the_role()
        {
            World.Enroll("kim", Roles.Auditor);

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void It_stands_while_the_proposer_is_in_notice()
        {
            World.Enroll("kim", endsAt: World.Now.AddDays(1));

            Expect.Done(World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void It_expires_at_its_instant()
        {
            World.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMicroseconds(1));
            Assert.IsType<Decision.Accepted>(World.Probe(Famous, new(Commands.Approve(2), World.As("lee"))).Decision);
            World.Advance(TimeSpan.FromMicroseconds(1));

            Expect.Refused(RefusalReason.ProposalExpired, World.Send(Famous, Commands.Approve(2), World.As("lee")));

            Assert.Null(World[Famous].Proposal);
            Expect.Refused(RefusalReason.ProposalExpired, World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void It_is_void_once_the_accounts_state_moved()
        {
            World.Send(Famous, Commands.Protect(World.Now.AddDays(9)), World.As("max"));

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void A_refused_attempt_does_not_void_it()
        {
            World.Send(Famous, Commands.Deactivate(), World.As("nobody"));

            Expect.Done(World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        [Theory]
        [InlineData(45_100_000, true), InlineData(45_100_001, false), InlineData(2_000_000, true)]
        public void It_is_void_once_the_followers_grew_by_more_than_a_tenth(long followers, bool stands)
        {
            World.Followers[Famous] = followers;

            var step = World.Send(Famous, Commands.Approve(2), World.As("lee"));

            Assert.Equal(stands ? null : RefusalReason.ProposalVoid, step.Refusal?.Reason);
        }

        [Fact]
        public void It_is_void_once_the_tier_is_another()
        {
            World.Followers[Famous] = 10;

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Famous, Commands.Approve(2), World.As("lee")));
        }

        // An owner got rid of what staff had pending by going down and coming back.
        [Fact]
        public void It_stands_when_the_owner_goes_down_and_comes_back()
        {
            World.Send(Small, Harm(HarmKind.Erase), World.As("kim"));
            Expect.Done(World.Send(Small, Harm(HarmKind.OwnerDeactivate), World.Service));
            Expect.Done(World.Send(Small, OwnerRestore(), World.Service));
            Assert.Equal(4, World[Small].StateVersion);

            Expect.Done(World.Send(Small, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void It_is_void_once_staff_have_moved_the_account()
        {
            World.Send(Small, Harm(HarmKind.Erase), World.As("kim"));
            World.Send(Small, Commands.Deactivate(), World.As("lee"));

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Small, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void A_small_account_has_a_thousand_followers_of_slack()
        {
            World.Send(Small, Harm(HarmKind.Erase), World.As("kim"));
            World.Followers[Small] = 1100;
            Assert.IsType<Decision.Accepted>(World.Probe(Small, new(Commands.Approve(2), World.As("lee"))).Decision);
            World.Followers[Small] = 1101;

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Small, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void Another_digest_than_the_one_that_was_shown_is_refused()
        {
            Expect.Refused(RefusalReason.VersionMismatch,
                World.Send(Famous, Commands.Approve(2, new string('0', 64)), World.As("lee")));

            Expect.Done(World.Send(Famous, Commands.Approve(2, World[Famous].Proposal!.Digest), World.As("lee")));
        }

        [Fact]
        public void A_suspension_that_would_be_over_already_is_void()
        {
            World.Send(Small, Commands.Protect(World.Now.AddDays(9)), World.As("kim"));
            World.Send(Small, Suspend(World.Now.AddMinutes(5)), World.As("kim"));
            World.Advance(TimeSpan.FromMinutes(5));

            Expect.Refused(RefusalReason.ProposalVoid, World.Send(Small, Commands.Approve(3), World.As("lee")));
        }

        [Fact]
        public void What_waits_for_its_time_needs_no_approval()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));

            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Commands.Approve(2), World.As("lee")));
        }

        [Fact]
        public void With_a_time_ahead_it_is_scheduled()
        {
            World.Send(Famous, Commands.Withdraw(2), World.As("kim"));
            World.Send(Famous, Deactivate(World.Now.AddHours(1)), World.As("kim"));

            var step = Expect.Pending(World.Send(Famous, Commands.Approve(4), World.As("lee")));

            Assert.Equal((ProposalState.Scheduled, World.Person("lee")),
                (step.After.Proposal!.State, step.After.Proposal.ApprovedBy!.Value));
            Assert.Equal(AccountStatus.Active, step.After.Status);
        }

        [Fact]
        public void Of_what_never_was_it_is_not_found() =>
            Expect.Refused(RefusalReason.NotFound, World.Send(Famous, Commands.Approve(77), World.As("lee")));

        [Fact]
        public void Of_what_was_done_already_it_says_so()
        {
            World.Send(Famous, Commands.Approve(2), World.As("lee"));

            Assert.Contains(
                "executed", Expect.Refused(RefusalReason.WrongStatus,
                    World.Send(Famous, Commands.Approve(2), World.As("lee"))).Message, StringComparison.Ordinal);
        }
    }

    public sealed class Reject : Proposed
    {
        [Theory]
        [InlineData("max"), InlineData("lee"), InlineData("kim")]
        public void Any_supporter_or_approver_turns_it_down(string name)
        {
            var step = Expect.Done(World.Send(Famous, Commands.Reject(2), World.As(name)));

            Assert.Equal(new ClosedProposal(2, ProposalState.Rejected), Assert.Single(step.After.ClosedProposals));
        }

        [Fact]
        public void Also_in_the_notice_period()
        {
            World.Enroll("lee", endsAt: World.Now.AddDays(1));

            Expect.Done(World.Send(Famous, Commands.Reject(2), World.As("lee")));
        }

        [Fact]
        public void An_auditor_does_not()
        {
            World.Enroll("ada", Roles.Auditor);

            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Famous, Commands.Reject(2), World.As("ada")));
        }

        [Fact]
        public void What_is_scheduled_can_be_turned_down_too()
        {
            World.Send(Small, Deactivate(World.Now.AddHours(1)), World.As("kim"));

            Expect.Done(World.Send(Small, Commands.Reject(2), World.As("lee")));
            World.Advance(TimeSpan.FromHours(2));
            Assert.Empty(World.FireDue(Small));
        }

        [Fact]
        public void What_is_not_pending_cannot() =>
            Expect.Refused(RefusalReason.NotFound, World.Send(Famous, Commands.Reject(3), World.As("lee")));
    }

    public sealed class Withdraw : Proposed
    {
        [Fact]
        public void The_proposer_takes_it_back() =>
            Expect.Done(World.Send(Famous, Commands.Withdraw(2), World.As("kim")));

        [Fact]
        public void Also_in_the_notice_period()
        {
            World.Enroll("kim", endsAt: World.Now.AddDays(1));

            Expect.Done(World.Send(Famous, Commands.Withdraw(2), World.As("kim")));
        }

        [Fact]
        public void Nobody_else_does()
        {
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Famous, Commands.Withdraw(2), World.As("lee")));
            Expect.Refused(RefusalReason.NotFound, World.Send(Famous, Commands.Withdraw(2), World.Service));
        }

        // Whether there is a proposal, and what became of it, is not for services to know.
        [Fact]
        public void A_service_is_told_the_same_of_a_proposal_of_staff_and_of_one_that_never_was()
        {
            var ofStaff = World.Send(Famous, Commands.Withdraw(2), World.Service).Refusal!;
            var ofNothing = World.Send(Famous, Commands.Withdraw(77), World.Service).Refusal!;
            World.Send(Famous, Commands.Reject(2), World.As("lee"));
            var ofThePast = World.Send(Famous, Commands.Withdraw(2), World.Service).Refusal!;
            var beside = World.Send(Famous, Harm(HarmKind.OwnerDeactivate), World.Service);

            Assert.Equal(ofNothing.Message, ofStaff.Message.Replace("-2 ", "-77 ", StringComparison.Ordinal));
            Assert.Equal(ofStaff, ofThePast);
            Assert.Equal(Outcome.Pending, beside.Outcome);
        }

        [Fact]
        public void A_service_without_the_role_for_owners_withdraws_nothing() =>
            Expect.Refused(
                RefusalReason.ForbiddenRole,
                World.Send(Famous, Commands.Withdraw(2), new(World.Service.Actor, Roles.Reader)));

        [Fact]
        public void The_owners_service_takes_the_owners_back()
        {
            World.Send(Small, Harm(HarmKind.OwnerDeactivate, at: World.Now.AddDays(1)), World.Service);

            var another = new Caller(Actor.Service("another"), World.Service.Roles);
            Expect.Refused(RefusalReason.NotFound, World.Send(Small, Commands.Withdraw(2), another));
            Expect.Done(World.Send(Small, Commands.Withdraw(2), World.Service));
        }
    }

    /// <summary>Every test gets a fresh world with kim's proposal in it.</summary>
    public abstract class Proposed
    {
        protected Proposed()
        {
            World.Enroll(World.Admin, Roles.Admin);
            World.Enroll("kim");
            World.Enroll("lee");
            World.Enroll("max", Roles.Support);
            Small = World.Register(1, followers: 100);
            Famous = World.Register(25073877, followers: 41_000_000);
            Expect.Pending(World.Send(Famous, Deactivate(), World.As("kim")));
        }

        protected World World { get; } = new();

        protected AccountId Small { get; }

        protected AccountId Famous { get; }
    }
}
