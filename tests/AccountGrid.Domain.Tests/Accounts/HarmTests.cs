using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>
/// Two to harm. The world: kim and lee with all powers, max who may not approve, one small account and one of 41
/// million.
/// </summary>
public sealed class HarmTests
{
    private readonly World _world = new();
    private readonly AccountId _small;
    private readonly AccountId _famous;

    public HarmTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _world.Enroll("lee");
        _world.Enroll("max", Roles.Support);
        _small = _world.Register(1, followers: 100);
        _famous = _world.Register(25073877, followers: 41_000_000);
    }

    public sealed class Deactivate : Harms
    {
        [Fact]
        public void One_person_takes_a_standard_account_down_at_once()
        {
            var step = Expect.Done(World.Send(Small, Commands.Deactivate(), World.As("kim")));

            var placed = Expect.Only<AccountEvent.HoldPlaced>(step);
            Assert.Equal((Actor.Operator(World.Person("kim")), (OperatorId?)null, (long?)null),
                (placed.PlacedBy, placed.ApprovedBy, placed.ProposalSequence));
            Assert.Equal(new Impact(100, Tier.Standard), placed.Impact);
            Assert.Equal(AccountStatus.Deactivated, step.After.Status);
        }

        [Fact]
        public void A_protected_account_waits_for_a_second_person()
        {
            var step = Expect.Pending(World.Send(Famous, Commands.Deactivate(), World.As("kim")));

            Assert.Equal(AccountStatus.Active, step.After.Status);
            Assert.Equal((2, ProposalState.Open, World.Now.AddMinutes(15)),
                (step.After.Proposal!.Sequence, step.After.Proposal.State, step.After.Proposal.DueAt));
            Assert.Equal(new Impact(41_000_000, Tier.Protected), step.After.Proposal.Shown);
        }

        [Fact]
        public void The_threshold_itself_is_protected()
        {
            World.Followers[Small] = 999_999;
            Assert.Equal(Outcome.Done,
                World.Probe(Small, new(Commands.Deactivate(), World.As("kim"))).Decision is Decision.Accepted a
                    ? a.Outcome
                    : default);
            World.Followers[Small] = 1_000_000;
            Expect.Pending(World.Send(Small, Commands.Deactivate(), World.As("kim")));
        }

        [Fact]
        public void An_unknown_follower_count_counts_as_protected()
        {
            World.Followers[Small] = null;

            Expect.Pending(World.Send(Small, Commands.Deactivate(), World.As("kim")));
        }

        [Fact]
        public void A_designated_account_is_protected_whatever_its_reach()
        {
            Expect.Done(World.Send(Small, Commands.Protect(World.Now.AddDays(30)), World.As("kim")));

            Expect.Pending(World.Send(Small, Commands.Deactivate(), World.As("kim")));
        }

        [Fact]
        public void Direct_only_is_refused_where_it_takes_two() =>
            Expect.Refused(RefusalReason.NeedsSecondPerson,
                World.Send(Famous, Harm(HarmKind.Deactivate, directOnly: true), World.As("kim")));

        [Fact]
        public void In_the_notice_period_every_harm_waits_for_a_second_person()
        {
            World.Enroll("kim", endsAt: World.Now.AddDays(14));

            Expect.Pending(World.Send(Small, Commands.Deactivate(), World.As("kim")));
        }

        [Fact]
        public void After_the_end_of_authority_nothing_is_done()
        {
            World.Enroll("kim", endsAt: World.Now.AddMinutes(1));
            World.Advance(TimeSpan.FromMinutes(1));

            Expect.Refused(RefusalReason.AuthorityEnded, World.Send(Small, Commands.Deactivate(), World.As("kim")));
        }

        [Fact]
        public void A_stranger_with_a_token_is_refused() =>
            Expect.Refused(RefusalReason.AuthorityEnded, World.Send(Small, Commands.Deactivate(), World.As("nobody")));

        [Fact]
        public void A_token_without_the_role_is_refused_though_the_register_has_it() =>
            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, Commands.Deactivate(), World.As("kim", Roles.Approver)));

        [Fact]
        public void A_role_that_only_the_token_has_is_refused()
        {
            World.Enroll("pat", Roles.Approver);

            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, Commands.Deactivate(), World.As("pat", Roles.Support | Roles.Approver)));
        }

        [Fact]
        public void An_admin_has_no_power_over_accounts() =>
            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, Commands.Deactivate(), World.As(World.Admin)));

        [Fact]
        public void A_service_does_nothing_in_the_staffs_name() =>
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, Commands.Deactivate(), World.Service));

        [Fact]
        public void Twice_is_refused()
        {
            World.Send(Small, Commands.Deactivate(), World.As("kim"));

            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Commands.Deactivate(), World.As("lee")));
        }

        [Fact]
        public void An_unknown_account_is_refused() =>
            Expect.Refused(RefusalReason.NotFound, World.Send(new(99), Commands.Deactivate(), World.As("kim")));

        [Fact]
        public void A_second_proposal_is_refused_while_one_is_pending()
        {
            World.Send(Famous, Commands.Deactivate(), World.As("kim"));

            Expect.Refused(RefusalReason.AlreadyExists, World.Send(Famous, Commands.Suspend(), World.As("lee")));
        }

        [Fact]
        public void A_direct_harm_voids_what_was_pending()
        {
            World.Send(Small, Commands.Deactivate(World.Now.AddHours(1)), World.As("kim"));

            var step = Expect.Done(World.Send(Small, Commands.Suspend(), World.As("lee")));

            Assert.Null(step.After.Proposal);
            Assert.Equal(new ClosedProposal(2, ProposalState.Void), Assert.Single(step.After.ClosedProposals));
        }
    }

    public sealed class Suspend : Harms
    {
        [Fact]
        public void It_stands_beside_a_deactivation_and_is_graver()
        {
            World.Send(Small, Commands.Deactivate(), World.As("kim"));

            var step = Expect.Done(World.Send(Small, Commands.Suspend(World.Now.AddHours(1)), World.As("kim")));

            Assert.Equal((AccountStatus.Suspended, 2), (step.After.Status, step.After.Holds.Length));
            Assert.Equal(World.Now.AddHours(1), step.After.DueAt);
        }

        [Theory]
        [InlineData(0), InlineData(-1), InlineData(3650.1)]
        public void Its_end_must_lie_ahead_within_the_limit(double days) =>
            Expect.Invalid("until", World.Send(Small, Commands.Suspend(World.Now.AddDays(days)), World.As("kim")));

        [Fact]
        public void Its_end_must_lie_behind_its_beginning() =>
            Expect.Invalid("until",
                World.Send(Small, Commands.Suspend(World.Now.AddHours(1), at: World.Now.AddHours(2)), World.As("kim")));

        [Fact]
        public void Nothing_else_has_an_end() =>
            Expect.Invalid("until",
                World.Send(Small, Harm(HarmKind.Deactivate, until: World.Now.AddHours(1)), World.As("kim")));
    }

    public sealed class Erase : Harms
    {
        [Fact]
        public void It_takes_two_people_on_every_account()
        {
            var proposed = Expect.Pending(World.Send(Small, Harm(HarmKind.Erase), World.As("kim")));

            var erased = Expect.Done(World.Send(Small, Approve(proposed.After.Proposal!.Sequence), World.As("lee")));

            Assert.Equal((AccountStatus.Erased, World.Now), (erased.After.Status, erased.After.ErasedAt));
            Assert.Equal(World.Person("lee"), Expect.Only<AccountEvent.Erased>(erased).ApprovedBy);
        }

        [Fact]
        public void It_is_final()
        {
            World.Send(Small, Harm(HarmKind.Erase), World.As("kim"));
            World.Send(Small, Approve(2), World.As("lee"));

            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Commands.Deactivate(), World.As("kim")));
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Commands.Restore(), World.As("kim")));
            Expect.Refused(RefusalReason.WrongStatus,
                World.Send(Small, Commands.Undo("kim", World.Now.AddDays(-1)), World.As("kim")));
            Expect.Refused(RefusalReason.WrongStatus,
                World.Send(Small, Commands.Protect(World.Now.AddDays(1)), World.As("kim")));
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Harm(HarmKind.Erase), World.As("kim")));
        }
    }

    public sealed class Unprotect : Harms
    {
        [Fact]
        public void It_takes_two_people_and_a_day()
        {
            World.Send(Small, Commands.Protect(World.Now.AddDays(30)), World.As("kim"));
            World.Send(Small, Harm(HarmKind.Unprotect), World.As("kim"));

            var approved = Expect.Pending(World.Send(Small, Approve(3), World.As("lee")));

            Assert.Equal((ProposalState.Scheduled, World.Now.AddHours(24)),
                (approved.After.Proposal!.State, approved.After.Proposal.DueAt));
            World.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMicroseconds(1));
            Assert.Empty(World.FireDue(Small));
            Assert.NotNull(World[Small].Designation);
            World.Advance(TimeSpan.FromMicroseconds(1));
            Expect.Only<AccountEvent.ProtectionLowered>(Assert.Single(World.FireDue(Small)));
            Assert.Null(World[Small].Designation);
        }

        [Fact]
        public void A_later_time_than_the_cool_off_is_kept()
        {
            World.Send(Small, Commands.Protect(World.Now.AddDays(30)), World.As("kim"));
            World.Send(Small, Harm(HarmKind.Unprotect, at: World.Now.AddDays(3)), World.As("kim"));

            Assert.Equal(World.Now.AddDays(3), World.Send(Small, Approve(3), World.As("lee")).After.Proposal!.DueAt);
        }

        [Fact]
        public void Protection_by_reach_cannot_be_lowered() =>
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Famous, Harm(HarmKind.Unprotect), World.As("kim")));
    }

    public sealed class OwnerDeactivate : Harms
    {
        [Fact]
        public void The_owners_service_takes_a_standard_account_down()
        {
            var step = Expect.Done(World.Send(Small, Harm(HarmKind.OwnerDeactivate), World.Service));

            Assert.Equal(HoldKind.OwnerDeactivation, Assert.Single(step.After.Holds).Kind);
            Assert.Equal(World.Service.Actor, ((Decision.Accepted)step.Decision).Charged);
        }

        [Fact]
        public void A_person_cannot_pose_as_the_owner() =>
            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, Harm(HarmKind.OwnerDeactivate), World.As("kim", Roles.Service | Roles.Support)));

        // Somebody offboarded took accounts down, and a support person spent no budget, with the same token and
        // "owner": true.
        [Theory]
        [InlineData(Roles.Service | Roles.Support), InlineData(Roles.Service | Roles.Auditor)]
        public void A_token_with_a_staff_role_is_no_owners_service_whatever_kind_of_actor_it_is_passed_as(Roles roles)
        {
            foreach (var kind in new[] { ActorKind.Operator, ActorKind.Service })
            {
                var both = new Caller(new(kind, "kim"), roles);
                Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, Harm(HarmKind.OwnerDeactivate), both));
                Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, Commands.OwnerRestore(), both));
            }
        }

        // A second token of an offboarded person, with the role service alone, went on acting as the owner.
        [Fact]
        public void A_service_with_the_subject_of_a_person_is_refused_also_after_that_persons_end()
        {
            var service = new Caller(Actor.Service("sam"), Roles.Service);
            Expect.Done(World.Send(Small, Harm(HarmKind.OwnerDeactivate), service));
            Expect.Done(World.Send(Small, Commands.OwnerRestore(), service));
            World.Enroll("sam");
            foreach (var _ in new[] { "active", "ended" })
            {
                Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, Harm(HarmKind.OwnerDeactivate), service));
                Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, Commands.OwnerRestore(), service));
                World.Offboard("sam", World.Now);
                World.Advance(TimeSpan.FromMinutes(1));
            }
        }

        [Fact]
        public void A_protected_account_waits_for_one_of_the_staff()
        {
            Expect.Pending(World.Send(Famous, Harm(HarmKind.OwnerDeactivate), World.Service));

            Expect.Done(World.Send(Famous, Approve(2), World.As("lee")));
        }
    }

    public sealed class Fields : Harms
    {
        [Theory]
        [InlineData("", "reason")]
        [InlineData("spam", "reason")]
        [InlineData("BOREDOM", "reason")]
        public void A_reason_is_one_of_the_configured_codes(string reason, string field) =>
            Expect.Invalid(field,
                World.Send(Small, new AccountCommand.Harm(Action(HarmKind.Deactivate, reason: reason), false),
                    World.As("kim")));

        [Fact]
        public void A_note_has_a_limit_and_no_hidden_characters()
        {
            foreach (var note in new[] { new string('x', 1001), "a\u202Eb", "a\0b" })
            {
                Expect.Invalid("note",
                    World.Send(Small, new AccountCommand.Harm(Action(HarmKind.Deactivate, note: note), false),
                        World.As("kim")));
            }
        }

        [Fact]
        public void A_ticket_has_a_limit() => Expect.Invalid("ticket", World.Send(
            Small, new AccountCommand.Harm(Action(HarmKind.Deactivate) with { Ticket = new string('T', 65) }, false),
            World.As("kim")));

        [Theory]
        [InlineData(0), InlineData(-1), InlineData(90.1)]
        public void A_time_must_lie_ahead_within_the_limit(double days) =>
            Expect.Invalid("at", World.Send(Small, Commands.Deactivate(World.Now.AddDays(days)), World.As("kim")));
    }

    public sealed class Budgets : Harms
    {
        [Fact]
        public void One_person_alone_reaches_only_so_many_followers_within_the_window()
        {
            var second = World.Register(2, followers: 900_000);
            var third = World.Register(3, followers: 900_000);
            World.Followers[Small] = 900_000;
            Expect.Done(World.Send(Small, Commands.Deactivate(), World.As("kim")));
            World.Advance(TimeSpan.FromMinutes(20));
            Expect.Done(World.Send(second, Commands.Deactivate(), World.As("kim")));

            var refusal = Expect.Refused(
                RefusalReason.ReachExceeded, World.Send(third, Commands.Deactivate(), World.As("kim")));

            Assert.Equal(TimeSpan.FromMinutes(40), refusal.RetryAfter);
            World.Advance(TimeSpan.FromMinutes(40));
            Expect.Done(World.Send(third, Commands.Deactivate(), World.As("kim")));
        }

        [Fact]
        public void An_approved_harm_pays_by_number_but_not_by_reach()
        {
            World.Send(Famous, Commands.Deactivate(), World.As("kim"));
            var step = Expect.Done(World.Send(Famous, Approve(2), World.As("lee")));

            Assert.Equal((Actor.Operator(World.Person("kim")), 0L), Budget.ChargeOf(step.Appended[0].Event));
            Assert.Equal(Actor.Operator(World.Person("kim")), ((Decision.Accepted)step.Decision).Charged);
        }

        [Fact]
        public void A_proposer_over_budget_is_refused_at_the_approval_and_the_proposal_stays()
        {
            var world = new World { OperatorPolicy = new() { MaxHarms = 1 } };
            world.Enroll(World.Admin, Roles.Admin);
            world.Enroll("kim");
            world.Enroll("lee");
            var small = world.Register(1);
            var famous = world.Register(2, followers: 41_000_000);
            world.Send(famous, Commands.Deactivate(), World.As("kim"));
            world.Send(small, Commands.Deactivate(), World.As("kim"));

            Expect.Refused(RefusalReason.BudgetExceeded, world.Send(famous, Approve(2), World.As("lee")));

            Assert.Equal(2, world[famous].Proposal!.Sequence);
        }
    }

    /// <summary>Every nested class gets a fresh world.</summary>
    public abstract class Harms
    {
        private readonly HarmTests _given = new();

        protected World World => _given._world;

        protected AccountId Small => _given._small;

        protected AccountId Famous => _given._famous;
    }
}
