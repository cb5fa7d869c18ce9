using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>One to heal, always.</summary>
public sealed class HealingTests
{
    public sealed class Restore : Down
    {
        [Fact]
        public void One_person_brings_a_protected_account_back_at_once()
        {
            var step = Expect.Done(World.Send(Famous, Commands.Restore(), World.As("max")));

            Assert.Equal(AccountStatus.Active, step.After.Status);
            var lifted = Expect.Only<AccountEvent.HoldLifted>(step);
            Assert.Equal((HoldKind.StaffDeactivation, LiftCause.Staff, 7L),
                (lifted.Kind, lifted.Cause, lifted.ReadsRefused));
        }

        [Fact]
        public void Whoever_took_it_down_may_bring_it_back() =>
            Expect.Done(World.Send(Famous, Commands.Restore(), World.As("kim")));

        [Fact]
        public void In_the_notice_period_too()
        {
            World.Enroll("max", Roles.Support, World.Now.AddHours(1));

            Expect.Done(World.Send(Famous, Commands.Restore(), World.As("max")));
        }

        // A settings file with one reason kept every account down.
        [Fact]
        public void For_any_reason_of_the_wire_contract_whatever_reasons_the_settings_leave()
        {
            var world = new World { AccountPolicy = new() { Reasons = ["LEGAL"] } };
            world.Enroll("kim");
            world.Register(1);
            Expect.Refused(RefusalReason.InvalidArgument, world.Send(new(1), Down("SPAM"), World.As("kim")));
            Expect.Done(world.Send(new(1), Down("LEGAL"), World.As("kim")));
            Expect.Done(world.Send(new(1), Commands.Restore(), World.As("kim")));

            static AccountCommand Down(string reason) =>
                new AccountCommand.Harm(Commands.Action(HarmKind.Deactivate, reason: reason), DirectOnly: false);
        }

        [Fact]
        public void Not_after_the_end_of_authority()
        {
            World.Offboard("max", World.Now);

            Expect.Refused(RefusalReason.AuthorityEnded, World.Send(Famous, Commands.Restore(), World.As("max")));
        }

        [Fact]
        public void A_pending_proposal_does_not_stand_in_the_way_and_is_void()
        {
            World.Send(Famous, Suspend(), World.As("kim"));

            var step = Expect.Done(World.Send(Famous, Commands.Restore(), World.As("max")));

            Assert.Null(step.After.Proposal);
            Assert.Equal(ProposalState.Void, step.After.ClosedProposals[^1].State);
        }

        [Fact]
        public void It_lifts_all_of_the_staffs_holds_and_leaves_the_owners()
        {
            World.Send(Small, Deactivate(), World.As("kim"));
            World.Send(Small, Suspend(), World.As("kim"));
            World.Send(Small, Harm(HarmKind.OwnerDeactivate), World.Service);

            var step = Expect.Done(World.Send(Small, Commands.Restore(), World.As("max")));

            Assert.Equal(HoldKind.OwnerDeactivation, Assert.Single(step.After.Holds).Kind);
            Assert.Equal(AccountStatus.Deactivated, step.After.Status);
        }

        [Fact]
        public void It_lifts_only_the_kinds_asked_for()
        {
            World.Send(Small, Deactivate(), World.As("kim"));
            World.Send(Small, Suspend(), World.As("kim"));

            var step = Expect.Done(World.Send(Small, Commands.Restore(HoldKind.Suspension), World.As("max")));

            Assert.Equal(HoldKind.StaffDeactivation, Assert.Single(step.After.Holds).Kind);
        }

        [Fact]
        public void The_owner_does_not_lift_the_staffs_holds()
        {
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Famous, OwnerRestore(), World.Service));
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Famous, Commands.Restore(), World.Service));
        }

        [Fact]
        public void The_staff_does_not_lift_the_owners_hold()
        {
            World.Send(Small, Harm(HarmKind.OwnerDeactivate), World.Service);

            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Commands.Restore(), World.As("max")));
            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(Small, OwnerRestore(), World.As("max")));
            Expect.Invalid("kinds", World.Send(Small, Commands.Restore(HoldKind.OwnerDeactivation), World.As("max")));
            Expect.Done(World.Send(Small, OwnerRestore(), World.Service));
        }

        [Fact]
        public void An_account_that_is_up_has_nothing_to_lift() =>
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Commands.Restore(), World.As("max")));
    }

    // Staff could not lift what a stolen token of a service had taken down, and undo found nothing.
    public sealed class UndoOfAService : Down
    {
        [Fact]
        public void Lifts_the_owners_hold_that_the_service_placed_and_no_other()
        {
            var account = World.Register(77);
            World.Send(account, Commands.Deactivate(), World.As("kim"));
            World.Send(account, Commands.Harm(HarmKind.OwnerDeactivate), World.Service);
            var undo = Commands.UndoService(World.Service.Actor.Subject, World.Now);

            var step = Expect.Done(World.Send(account, undo, World.As("max")));

            Assert.Equal(LiftCause.Undo, Expect.Only<AccountEvent.HoldLifted>(step).Cause);
            Assert.Equal(HoldKind.StaffDeactivation, Assert.Single(step.After.Holds).Kind);
            Expect.Refused(RefusalReason.WrongStatus, World.Send(account, undo, World.As("max")));
        }

        [Fact]
        public void Finds_nothing_of_another_service_of_an_earlier_time_or_of_a_person_with_the_same_subject()
        {
            var account = World.Register(77);
            World.Send(account, Commands.Harm(HarmKind.OwnerDeactivate), World.Service);
            foreach (var undo in new[]
            {
                Commands.UndoService("another", World.Now),
                Commands.UndoService(World.Service.Actor.Subject, World.Now.AddMicroseconds(1)),
                Commands.Undo(World.Service.Actor.Subject, World.Now),
            })
            {
                Expect.Refused(RefusalReason.WrongStatus, World.Send(account, undo, World.As("max")));
            }
        }

        [Fact]
        public void Takes_a_person_with_the_role_support()
        {
            var account = World.Register(77);
            World.Send(account, Commands.Harm(HarmKind.OwnerDeactivate), World.Service);
            var undo = Commands.UndoService(World.Service.Actor.Subject, World.Now);

            Expect.Refused(RefusalReason.ForbiddenRole, World.Send(account, undo, World.Service));
            Expect.Refused(RefusalReason.AuthorityEnded, World.Send(account, undo, World.As("nobody")));
        }
    }

    public sealed class Undo : Down
    {
        [Fact]
        public void It_lifts_what_the_person_placed() =>
            Expect.Done(World.Send(Famous, Commands.Undo("kim", World.Now.AddHours(-1)), World.As("max")));

        [Fact]
        public void It_lifts_what_the_person_approved()
        {
            var step = Expect.Done(World.Send(Famous, Commands.Undo("lee", World.Now), World.As("max")));

            Assert.Equal(LiftCause.Undo, Expect.Only<AccountEvent.HoldLifted>(step).Cause);
        }

        [Fact]
        public void It_leaves_what_is_older() =>
            Expect.Refused(RefusalReason.WrongStatus,
                World.Send(Famous, Commands.Undo("kim", World.Now.AddMicroseconds(1)), World.As("max")));

        [Fact]
        public void It_leaves_what_others_did() =>
            Expect.Refused(RefusalReason.WrongStatus,
                World.Send(Famous, Commands.Undo("max", World.Now.AddHours(-1)), World.As("max")));

        [Fact]
        public void It_takes_a_supporter()
        {
            World.Enroll("ada", Roles.Auditor);

            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Famous, Commands.Undo("kim", World.Now), World.As("ada")));
        }
    }

    public sealed class Protect : Down
    {
        [Fact]
        public void One_person_raises_and_renews_it()
        {
            Expect.Done(World.Send(Small, Commands.Protect(World.Now.AddDays(10)), World.As("max")));
            var step = Expect.Done(World.Send(Small, Commands.Protect(World.Now.AddDays(366)), World.As("max")));

            Assert.Equal((World.Person("olga"), World.Now.AddDays(366)),
                (step.After.Designation!.Owner, step.After.Designation.ReviewAt));
            Assert.Equal(Tier.Protected, step.After.TierWith(0, World.AccountPolicy));
        }

        [Theory]
        [InlineData(0), InlineData(-1), InlineData(366.1)]
        public void Its_review_lies_ahead_within_the_limit(double days) =>
            Expect.Invalid("reviewAt", World.Send(Small, Commands.Protect(World.Now.AddDays(days)), World.As("max")));

        [Fact]
        public void It_voids_the_lowering_that_waits_for_its_time()
        {
            World.Send(Small, Commands.Protect(World.Now.AddDays(10)), World.As("max"));
            World.Send(Small, Harm(HarmKind.Unprotect), World.As("kim"));
            World.Send(Small, Approve(3), World.As("lee"));

            var step = Expect.Done(World.Send(Small, Commands.Protect(World.Now.AddDays(20)), World.As("max")));

            Assert.Null(step.After.Proposal);
        }

        [Fact]
        public void It_takes_a_supporter()
        {
            World.Enroll("ada", Roles.Approver);

            Expect.Refused(RefusalReason.ForbiddenRole,
                World.Send(Small, Commands.Protect(World.Now.AddDays(1)), World.As("ada")));
        }
    }

    /// <summary>Every test gets a fresh world in which kim and lee have taken a famous account down.</summary>
    public abstract class Down
    {
        protected Down()
        {
            World.Enroll(World.Admin, Roles.Admin);
            World.Enroll("kim");
            World.Enroll("lee");
            World.Enroll("max", Roles.Support);
            Small = World.Register(1, followers: 100);
            Famous = World.Register(25073877, followers: 41_000_000);
            World.Send(Famous, Deactivate(), World.As("kim"));
            Expect.Done(World.Send(Famous, Approve(2), World.As("lee")));
        }

        protected World World { get; } = new();

        protected AccountId Small { get; }

        protected AccountId Famous { get; }
    }
}
