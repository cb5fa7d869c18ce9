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

        // Refused, because the account was down already; a late retry, after somebody else had restored it, took it
        // down.
        [Fact]
        public void That_was_refused_for_the_state_is_refused_after_the_state_has_changed()
        {
            World.Send(Small, Deactivate(), World.As("lee"));
            var refusal = Expect.Refused(
                RefusalReason.WrongStatus, World.Send(Small, Deactivate(), World.As("kim"), "r1"));
            World.Send(Small, Restore(), World.As("lee"));

            Again(refusal, World.Send(Small, Deactivate(), World.As("kim"), "r1"));
            Assert.Equal(AccountStatus.Active, World[Small].Status);
        }

        [Fact]
        public void Gets_every_refusal_that_depends_on_the_state_again_word_for_word()
        {
            World.Send(Small, Harm(HarmKind.Erase), World.As("lee"));
            foreach (var (reason, command) in new[]
            {
                (RefusalReason.WrongStatus, Restore()), (RefusalReason.WrongStatus, Harm(HarmKind.Unprotect)),
                (RefusalReason.AlreadyExists, Harm(HarmKind.Erase)), (RefusalReason.NotFound, Approve(9)),
                (RefusalReason.VersionMismatch, Approve(2, "0")), (RefusalReason.NotFound, Reject(9)),
            })
            {
                var id = $"r{World.Steps.Count}";
                var refusal = Expect.Refused(reason, World.Send(Small, command, World.As("kim"), id));
                Again(refusal, World.Send(Small, command, World.As("kim"), id));
            }

            var stale = Expect.Refused(
                RefusalReason.VersionMismatch, World.Send(Small, Deactivate(), World.As("kim"), "etag", expected: 9));
            Again(stale, World.Send(Small, Deactivate(), World.As("kim"), "etag", expected: 9));
        }

        [Fact]
        public void Gets_the_delay_of_a_budget_again()
        {
            for (var i = 0; i < World.OperatorPolicy.MaxHarms; i++)
            {
                World.Send(World.Register(1000 + i), Deactivate(), World.As("kim"));
            }

            var refusal = Expect.Refused(
                RefusalReason.BudgetExceeded, World.Send(Small, Deactivate(), World.As("kim"), "r1"));
            Assert.NotNull(refusal.RetryAfter);
            World.Advance(TimeSpan.FromHours(2));

            Again(refusal, World.Send(Small, Deactivate(), World.As("kim"), "r1"));
        }

        [Fact]
        public void That_was_malformed_may_be_sent_again_in_good_form()
        {
            Expect.Invalid("at", World.Send(Small, Deactivate(World.Now), World.As("kim"), "r1"));

            Expect.Done(World.Send(Small, Deactivate(), World.As("kim"), "r1"));
        }

        [Fact]
        public void Is_remembered_for_a_day_over_so_many_later_ones_of_its_caller()
        {
            World.Send(Small, Deactivate(), World.As("kim"), "first");
            for (var i = 1; i < Limits.RememberedRequestsOfACaller; i++)
            {
                World.Send(Small, Protect(World.Now.AddDays(9)), World.As("kim"), $"r{i}");
            }

            World.Advance(TimeSpan.FromHours(23));
            Assert.IsType<Decision.Replayed>(World.Send(Small, Deactivate(), World.As("kim"), "first").Decision);
            World.Send(Small, Protect(World.Now.AddDays(9)), World.As("kim"), "one-too-many");
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Deactivate(), World.As("kim"), "first"));
        }

        [Fact]
        public void Is_not_forgotten_because_others_send_many()
        {
            World.Send(Small, Deactivate(), World.As("kim"), "first");
            for (var i = 0; i < 2 * Limits.RememberedRequestsOfAll; i++)
            {
                var name = $"many{i % 7}";
                World.Enroll(name);
                World.Send(Small, Protect(World.Now.AddDays(9)), World.As(name), $"r{i}");
            }

            Assert.Equal(Limits.RememberedRequestsOfAll, World[Small].Requests.Length);
            Assert.IsType<Decision.Replayed>(World.Send(Small, Deactivate(), World.As("kim"), "first").Decision);
        }

        [Fact]
        public void Is_forgotten_after_a_day_when_there_are_many_younger_ones()
        {
            World.Send(Small, Deactivate(), World.As("kim"), "first");
            World.Advance(TimeSpan.FromHours(25));
            for (var i = 0; i < Limits.RememberedRequests; i++)
            {
                Assert.IsType<Decision.Replayed>(World.Send(Small, Deactivate(), World.As("kim"), "first").Decision);
                World.Send(Small, Protect(World.Now.AddDays(9)), World.As("kim"), $"r{i}");
            }

            Assert.Equal(Limits.RememberedRequests, World[Small].Requests.Length);
            Expect.Refused(RefusalReason.WrongStatus, World.Send(Small, Deactivate(), World.As("kim"), "first"));
        }

        private static void Again(Refusal refusal, Step again)
        {
            Assert.Equal(refusal, Assert.IsType<Decision.Replayed>(again.Decision).Request.Refusal);
            Assert.Empty(again.Appended);
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

    public sealed class Refused_attempts : Given
    {
        // 300 calls of a token without any role made 300 entries.
        [Fact]
        public void Without_power_make_few_entries_and_every_one_is_counted()
        {
            var first = World.Now;
            for (var i = 0; i < 300; i++)
            {
                World.Advance(TimeSpan.FromSeconds(1));
                World.Send(Famous, Deactivate(), World.As("nobody"), $"r{i}");
            }

            Assert.Equal(1 + Limits.PowerlessRefusalEntries, World.Journal(Famous).Count);
            World.SumUp(Famous);
            var last = Assert.IsType<AccountEvent.AttemptRefused>(World.Journal(Famous)[^1].Event);
            Assert.Equal(
                new CountedRefusals(
                    300 - Limits.PowerlessRefusalEntries - 1,
                    first.AddSeconds(Limits.PowerlessRefusalEntries + 1), first.AddSeconds(300)),
                last.Counted);
            Assert.Equal("nobody", World.Journal(Famous)[^1].Actor.Subject);
        }

        [Fact]
        public void Of_the_next_window_tell_what_was_counted_in_the_one_before()
        {
            for (var i = 0; i < 20; i++)
            {
                World.Send(Famous, Deactivate(), World.As("nobody"));
            }

            World.Advance(Limits.RefusalWindow);
            World.Send(Famous, Restore(), World.As("nobody"));

            var entry = Assert.IsType<AccountEvent.AttemptRefused>(World.Journal(Famous)[^1].Event);
            Assert.Equal(("restore", 20L - Limits.PowerlessRefusalEntries), (entry.Attempt, entry.Counted!.Count));
        }

        [Fact]
        public void Of_others_do_not_count()
        {
            for (var i = 0; i < 20; i++)
            {
                World.Send(Famous, Deactivate(), World.As("nobody"));
            }

            Expect.Only<AccountEvent.AttemptRefused>(World.Send(Famous, Deactivate(), World.As("another")));
        }

        [Fact]
        public void Of_a_person_with_the_power_are_bounded_too()
        {
            for (var i = 0; i < 100; i++)
            {
                World.Send(Small, Restore(), World.As("kim"), $"r{i}");
            }

            Assert.Equal(1 + Limits.RefusalEntries, World.Journal(Small).Count);
        }

        [Fact]
        public void Of_very_many_callers_are_bounded()
        {
            for (var i = 0; i < 100; i++)
            {
                World.Send(Famous, Deactivate(), World.As($"nobody{i}"));
            }

            Assert.Equal(1 + Limits.RefusedCallers, World.Journal(Famous).Count);
            Assert.Equal(Limits.RefusedCallers, World[Famous].RefusedCallers.Length);
        }

        [Fact]
        public void With_a_stale_etag_are_not_told_the_current_one() =>
            Expect.Refused(
                RefusalReason.AuthorityEnded, World.Send(Small, Deactivate(), World.As("nobody"), expected: 99));
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
