using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

public sealed class RequestTests
{
    public sealed class A_request_id : Given
    {
        [Fact]
        public void Gets_the_same_answer_again_and_changes_nothing()
        {
            var first = World.Send(Small, Deactivate(), World.As("kim"), "r1");

            var again = World.Send(Small, Deactivate(), World.As("kim"), "r1");

            var replayed = Assert.IsType<Decision.Replayed>(again.Decision).Request;
            Assert.Equal((first.Outcome, first.After.Version), (replayed.Outcome, again.After.Version));
            Assert.Empty(again.Appended);
        }

        [Fact]
        public void Gets_a_recorded_refusal_again()
        {
            World.Send(Famous, Harm(HarmKind.Deactivate, directOnly: true), World.As("kim"), "r1");

            var replayed = Assert.IsType<Decision.Replayed>(
                World.Send(Famous, Harm(HarmKind.Deactivate, directOnly: true), World.As("kim"), "r1").Decision);

            Assert.Equal(RefusalReason.NeedsSecondPerson, replayed.Request.Refusal!.Reason);
        }

        [Fact]
        public void Gets_its_proposal_again()
        {
            Send("propose", Deactivate(), "kim", Outcome.Pending, 2);
            Send("approve", Approve(2), "lee", Outcome.Done, 2);
            World.Send(Famous, Restore(), World.As("kim"));
            Send("again", Deactivate(), "kim", Outcome.Pending, 5);
            Send("reject", Reject(5), "lee", Outcome.Done, 5);
            Send("erase", Harm(HarmKind.Erase), "kim", Outcome.Pending, 7);
            Send("approve-erase", Approve(7), "lee", Outcome.Done, 7);

            void Send(string id, AccountCommand command, string name, Outcome outcome, long proposal)
            {
                Assert.Equal(outcome, World.Send(Famous, command, World.As(name), id).Outcome);
                var replayed = Assert.IsType<Decision.Replayed>(
                    World.Send(Famous, command, World.As(name), id).Decision).Request;
                Assert.Equal((outcome, proposal), (replayed.Outcome, replayed.ProposalSequence));
            }
        }

        [Fact]
        public void With_another_body_is_a_conflict()
        {
            World.Send(Small, Deactivate(), World.As("kim"), "r1");

            Expect.Refused(RefusalReason.RequestIdConflict, World.Send(Small, Restore(), World.As("kim"), "r1"));
        }

        [Fact]
        public void Of_somebody_else_is_a_conflict()
        {
            World.Send(Small, Deactivate(), World.As("kim"), "r1");

            Expect.Refused(RefusalReason.RequestIdConflict, World.Send(Small, Deactivate(), World.As("lee"), "r1"));
        }

        [Fact]
        public void Of_a_request_that_left_no_trace_may_be_tried_again()
        {
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Restore(), World.As("kim"), "r1"));
            World.Send(Small, Deactivate(), World.As("kim"));

            Expect.Done(World.Send(Small, Restore(), World.As("kim"), "r1"));
        }

        [Fact]
        public void Is_remembered_over_the_last_so_many_others()
        {
            World.Send(Small, Deactivate(), World.As("kim"), "first");
            for (var i = 1; i < Limits.RememberedRequests; i++)
            {
                World.Send(Small, Harm(HarmKind.Erase, directOnly: true), World.As("kim"), $"r{i}");
            }

            Assert.IsType<Decision.Replayed>(World.Send(Small, Deactivate(), World.As("kim"), "first").Decision);
            World.Send(Small, Harm(HarmKind.Erase, directOnly: true), World.As("kim"), "one-too-many");
            Assert.Equal(Limits.RememberedRequests, World[Small].Requests.Length);
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Deactivate(), World.As("kim"), "first"));
        }

        [Theory]
        [InlineData(""), InlineData("a b"), InlineData("ü")]
        public void Must_have_its_form(string id) =>
            Expect.Invalid("requestId", World.Send(Small, Deactivate(), World.As("kim"), id));
    }

    public sealed class An_etag : Given
    {
        [Fact]
        public void That_is_current_lets_the_command_through() =>
            Expect.Done(World.Send(Small, Deactivate(), World.As("kim"), expected: World[Small].StateVersion));

        [Fact]
        public void That_is_stale_names_the_current_one()
        {
            World.Send(Small, Deactivate(), World.As("kim"));

            Assert.Contains(
                "s2", Expect.Refused(RefusalReason.VersionMismatch,
                    World.Send(Small, Restore(), World.As("kim"), expected: 1)).Message, StringComparison.Ordinal);
        }

        [Fact]
        public void Survives_a_refused_attempt()
        {
            World.Send(Small, Deactivate(), World.As("nobody"));

            Expect.Done(World.Send(Small, Deactivate(), World.As("kim"), expected: 1));
        }
    }

    public sealed class A_refusal : Given
    {
        [Fact]
        public void Of_an_attempt_at_power_is_in_the_journal()
        {
            World.Send(Famous, Approve(1), World.As("nobody"), "r1");

            var entry = World.Journal(Famous)[^1];
            var refused = Assert.IsType<AccountEvent.AttemptRefused>(entry.Event);
            Assert.Equal(("approve", RefusalReason.AuthorityEnded, 1L),
                (refused.Attempt, refused.Reason, refused.ProposalSequence!.Value));
            Assert.Equal((World.Person("nobody"), "r1"), (entry.Actor.Person, entry.RequestId));
        }

        [Fact]
        public void Of_a_slip_of_form_is_not()
        {
            World.Send(Small, new AccountCommand.Harm(Action(HarmKind.Deactivate, reason: "?"), false),
                World.As("kim"));
            World.Send(Small, Deactivate(), World.As("kim"), expected: 99);
            World.Send(Small, Restore(), World.As("kim"));

            Assert.Single(World.Journal(Small));
        }
    }

    public sealed class Register
    {
        private readonly AccountState _unknown = AccountState.Unregistered(new(1));

        [Fact]
        public void A_service_registers_an_account_once()
        {
            var accepted = Assert.IsType<Decision.Accepted>(
                AccountDecider.Register(_unknown, "somebody", World.Service));
            var known = AccountEvolver.Evolve(
                _unknown, new(accepted.Events[0], 1, DateTimeOffset.UnixEpoch, World.Service.Actor));

            Assert.Equal(("somebody", 1L, 1L, AccountStatus.Active),
                (known.Handle, known.Version, known.StateVersion, known.Status));
            Refused(RefusalReason.AlreadyExists, AccountDecider.Register(known, "somebody", World.Service));
        }

        [Fact]
        public void The_staff_does_not() =>
            Refused(RefusalReason.ForbiddenRole, AccountDecider.Register(_unknown, "somebody", World.As("kim")));

        [Theory]
        [InlineData(""), InlineData("with space"), InlineData("a234567890123456789012345678901"), InlineData(
            "na\u0308me")]
        public void A_handle_has_its_form(string handle) =>
            Assert.Equal("handle",
                Refused(RefusalReason.InvalidArgument, AccountDecider.Register(_unknown, handle, World.Service)).Field);

        private static Refusal Refused(RefusalReason reason, Decision decision)
        {
            var refused = Assert.IsType<Decision.Refused>(decision);
            Assert.Equal(reason, refused.Refusal.Reason);
            Assert.Empty(refused.Events);
            return refused.Refusal;
        }
    }

    /// <summary>Every test gets a fresh world.</summary>
    public abstract class Given
    {
        protected Given()
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
    }
}
