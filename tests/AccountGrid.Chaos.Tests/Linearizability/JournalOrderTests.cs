using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using static AccountGrid.Chaos.Histories.OperationKind;
using static AccountGrid.V1.Account.Types;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>What clients may be told about whether an account is up, and what they may not.</summary>
public static class JournalOrderTests
{
    private static readonly string[] Bad = [LinearizabilityChecker.Journal];

    /// <summary>Nobody knows what is true while a silo may be cut off.</summary>
    private static ReadConsistency Unsettled(double from, double to) =>
        new([new Period(Textbook.At(from), Textbook.At(to))]);

    public sealed class A_read
    {
        [Fact]
        public void Shows_either_while_the_account_is_taken_down()
        {
            Assert.Empty(new Chronicle().Does(2, 8, Deactivate, 2, Status.Deactivated).Reads(3, 4, 1, Status.Active)
                .Reads(5, 6, 2, Status.Deactivated).Broken());
        }

        [Fact]
        public void Does_not_show_the_account_up_after_it_was_taken_down()
        {
            Assert.Equal(Bad,
                new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated).Reads(4, 5, 1, Status.Active).Broken());
        }

        [Fact]
        public void Does_not_show_again_what_another_one_no_longer_showed()
        {
            Assert.Equal(Bad, new Chronicle().Does(2, 9, Deactivate, 2, Status.Deactivated)
                .Reads(3, 4, 2, Status.Deactivated).Reads(5, 6, 1, Status.Active).Broken());
        }

        [Fact]
        public void Shows_no_status_that_nobody_brought_about()
        {
            Assert.Equal(Bad, new Chronicle().Reads(2, 3, 1, Status.Suspended).Broken());
            Assert.Equal(Bad, new Chronicle().Reads(2, 3, 2, Status.Deactivated).Broken());
        }

        [Fact]
        public void Of_a_visitor_shows_nothing_of_an_account_that_is_down()
        {
            Assert.Empty(new Chronicle().Visits(2, 3, isUp: true).Does(4, 5, Suspend, 2, Status.Suspended)
                .Visits(6, 7, isUp: false).Broken());
            Assert.Equal(Bad,
                new Chronicle().Does(2, 3, Suspend, 2, Status.Suspended).Visits(4, 5, isUp: true).Broken());
            Assert.Equal(Bad, new Chronicle().Visits(2, 3, isUp: false).Broken());
        }

        [Fact]
        public void May_be_old_while_the_membership_is_unsettled_but_no_older()
        {
            Chronicle Tale() =>
                new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated).Does(4, 5, Restore, 3, Status.Active)
                    .Does(11, 12, Suspend, 4, Status.Suspended);

            Assert.Equal(Bad, Tale().Reads(13, 14, 3, Status.Active).Broken());
            Assert.Empty(Tale().Reads(13, 14, 3, Status.Active).Broken(Unsettled(10, 20)));
            Assert.Equal(Bad, Tale().Reads(13, 14, 2, Status.Deactivated).Broken(Unsettled(10, 20)));
            Assert.Equal(Bad, Tale().Reads(21, 22, 3, Status.Active).Broken(Unsettled(10, 20)));
            Assert.Empty(Tale().Reads(21, 22, 2, Status.Deactivated).Broken(ReadConsistency.Monotonic));
        }

        [Fact]
        public void Is_never_older_than_its_client_demands()
        {
            var tale = new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated)
                .Reads(4, 5, 1, Status.Active, minVersion: 2);
            Assert.Equal(Bad, tale.Broken(ReadConsistency.Monotonic));
        }

        [Fact]
        public void Is_never_of_the_future_however_unsettled_the_membership()
        {
            Assert.Equal(Bad,
                new Chronicle().Reads(2, 3, 2, Status.Deactivated).Does(4, 5, Deactivate, 2, Status.Deactivated)
                    .Broken(ReadConsistency.Monotonic));
        }
    }

    public sealed class A_command
    {
        [Fact]
        public void Acts_once_for_one_account()
        {
            Assert.Equal(Bad, new Chronicle().Does(2, 3, Register, 1, Status.Active).Broken());
            Assert.Equal(Bad,
                new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated)
                    .Does(4, 5, Deactivate, 3, Status.Deactivated).Broken());
        }

        [Fact]
        public void Is_not_lost()
        {
            // The second one was decided on a state from before the first.
            Assert.Equal(Bad,
                new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated).Does(4, 5, Suspend, 2, Status.Suspended)
                    .Broken());
            Assert.Equal(Bad,
                new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated).Refused(4, 5, Restore, "WRONG_STATUS")
                    .Broken());
        }

        [Fact]
        public void Leaves_the_owners_hold_where_staff_restore()
        {
            Chronicle Tale() =>
                new Chronicle().Does(2, 3, OwnerDeactivate, 2, Status.Deactivated)
                    .Does(4, 5, Suspend, 3, Status.Suspended);
            Assert.Empty(Tale().Does(6, 7, Restore, 4, Status.Deactivated).Does(8, 9, OwnerRestore, 5, Status.Active)
                .Broken());
            Assert.Equal(Bad, Tale().Does(6, 7, Restore, 5, Status.Active).Broken());
        }

        [Fact]
        public void That_is_sent_again_acts_once()
        {
            static Answer Done(long version) =>
                new(Verdict.Done) { Seen = [new Seen(Chronicle.Id, version, Status.Deactivated)] };
            Chronicle Retried(long version) =>
                new Chronicle().Tell(Chronicle.Command(Deactivate), (2, 3, null), (4, 5, Done(version)));

            Assert.Empty(Retried(2).Reads(6, 7, 2, Status.Deactivated).Broken());
            Assert.Equal(Bad, Retried(2).Reads(6, 7, 3, Status.Deactivated).Broken());
            Assert.Equal(Bad, Retried(3).Broken());
        }

        [Fact]
        public void That_is_sent_again_may_be_answered_with_what_came_later()
        {
            // The first attempt took the account down, another person brought it back, then the second attempt got its
            // answer.
            var answer = new Answer(Verdict.Done) { Seen = [new Seen(Chronicle.Id, 3, Status.Active)] };
            Assert.Empty(new Chronicle().Tell(Chronicle.Command(Deactivate), (2, 3, null), (8, 9, answer))
                .Does(4, 5, Restore, 3, Status.Active).Broken());
        }

        [Fact]
        public void That_was_refused_without_a_trace_may_still_be_done_by_an_earlier_attempt()
        {
            var tale = new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated)
                .Tell(Chronicle.Command(Deactivate), (4, null, null),
                    (5, 6, new Answer(Verdict.Refused, "INVALID_ARGUMENT")))
                .Does(7, 8, Restore, 3, Status.Active).Reads(9, 10, 4, Status.Deactivated);
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void That_was_refused_for_the_state_is_not_done_by_an_earlier_attempt()
        {
            Chronicle Tale() => new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated)
                .Tell(Chronicle.Command(Deactivate), (4, null, null),
                    (5, 6, new Answer(Verdict.Refused, "WRONG_STATUS")))
                .Does(7, 8, Restore, 4, Status.Active);
            Assert.Empty(Tale().Reads(9, 10, 4, Status.Active).Broken());
            Assert.Equal(Bad, Tale().Reads(9, 10, 5, Status.Deactivated).Broken());
        }

        [Fact]
        public void That_an_earlier_attempt_has_done_is_not_refused_for_what_that_one_did()
        {
            // The request id is known by then: the second attempt has the answer of the first.
            var tale = new Chronicle().Tell(
                Chronicle.Command(Deactivate), (2, 3, null), (4, 5, new Answer(Verdict.Refused, "WRONG_STATUS")));
            Assert.Equal(Bad, tale.Reads(6, 7, 2, Status.Deactivated).Broken());
        }

        [Fact]
        public void That_is_refused_is_refused_for_a_true_reason()
        {
            Assert.Empty(new Chronicle().Refused(2, 3, Restore, "WRONG_STATUS").Broken());
            Assert.Equal(Bad, new Chronicle().Refused(2, 3, Suspend, "WRONG_STATUS").Broken());
            Assert.Equal(Bad, new Chronicle().Refused(2, 3, Suspend, "NOT_FOUND").Broken());
            Assert.Equal(Bad,
                new Chronicle().Refused(2, 3, Approve, "WRONG_STATUS", about: 1)
                    .Does(4, 5, Suspend, 2, Status.Suspended).Broken());
        }

        [Fact]
        public void That_is_refused_and_recorded_is_an_entry()
        {
            Assert.Empty(new Chronicle().Refused(2, 3, Suspend, "BUDGET_EXCEEDED").Reads(4, 5, 2, Status.Active)
                .Broken());
            Assert.Equal(Bad,
                new Chronicle().Refused(2, 3, Suspend, "BUDGET_EXCEEDED").Reads(4, 5, 1, Status.Active).Broken());
        }
    }

    public sealed class A_command_without_an_answer
    {
        [Fact]
        public void May_act_late_or_never()
        {
            Assert.Empty(new Chronicle().Tries(2, Deactivate).Reads(5, 6, 1, Status.Active)
                .Reads(7, 8, 2, Status.Deactivated).Broken());
            Assert.Empty(new Chronicle().Tries(2, Deactivate).Reads(5, 6, 1, Status.Active).Broken());
        }

        [Fact]
        public void Is_not_seen_and_then_unseen()
        {
            Assert.Equal(Bad,
                new Chronicle().Tries(2, Deactivate).Reads(5, 6, 2, Status.Deactivated).Reads(7, 8, 1, Status.Active)
                    .Broken());
        }

        [Fact]
        public void Acts_no_more_once_its_process_is_dead()
        {
            Assert.Empty(new Chronicle().Tries(2, Deactivate).Dies(6).Reads(7, 8, 2, Status.Deactivated).Broken());
            Assert.Equal(Bad, new Chronicle().Tries(2, Deactivate).Dies(6).Reads(7, 8, 1, Status.Active)
                .Reads(9, 10, 2, Status.Deactivated).Broken());
        }

        [Fact]
        public void May_wait_for_a_second_person_or_leave_an_attempt_behind()
        {
            Assert.Empty(new Chronicle().Tries(2, Deactivate).Reads(5, 6, 2, Status.Active).Broken());
            Assert.Equal(Bad,
                new Chronicle().Tries(2, Deactivate).Reads(5, 6, 3, Status.Active).Reads(7, 8, 4, Status.Active)
                    .Broken());
        }
    }

    public sealed class A_proposal
    {
        private static Chronicle Proposed() =>
            new Chronicle().Does(2, 3, Deactivate, 2, Status.Active, Verdict.Pending);

        [Fact]
        public void Is_carried_out_by_a_second_person_once()
        {
            Assert.Empty(Proposed().Does(4, 5, Approve, 3, Status.Deactivated, about: 2).Broken());
            Assert.Equal(Bad, Proposed().Does(4, 5, Approve, 3, Status.Deactivated, about: 2)
                .Does(6, 7, Approve, 4, Status.Deactivated, about: 2).Broken());
        }

        [Fact]
        public void Is_not_both_approved_and_rejected()
        {
            Assert.Equal(Bad,
                Proposed().Does(4, 9, Approve, 3, Status.Deactivated, about: 2)
                    .Does(4, 9, Reject, 3, Status.Active, about: 2).Broken());
            Assert.Empty(Proposed().Does(4, 9, Approve, 3, Status.Deactivated, about: 2)
                .Refused(4, 9, Reject, "WRONG_STATUS", about: 2).Broken());
        }

        [Fact]
        public void Does_nothing_by_itself()
        {
            Assert.Equal(Bad, Proposed().Reads(4, 5, 3, Status.Deactivated).Broken());
        }

        [Fact]
        public void Expires()
        {
            Assert.Empty(Proposed().Reads(4, 5, 3, Status.Active).Refused(6, 7, Approve, "PROPOSAL_EXPIRED", about: 2)
                .Reads(8, 9, 4, Status.Active).Broken());
            Assert.Empty(Proposed().Refused(4, 5, Approve, "PROPOSAL_EXPIRED", about: 2).Reads(6, 7, 4, Status.Active)
                .Broken());
        }

        [Fact]
        public void Keeps_others_from_being_opened()
        {
            Assert.Empty(Proposed().Refused(4, 5, Suspend, "ALREADY_EXISTS").Broken());
            Assert.Equal(Bad, new Chronicle().Refused(4, 5, Suspend, "ALREADY_EXISTS").Broken());
            Assert.Equal(Bad, Proposed().Does(4, 5, Suspend, 3, Status.Active, Verdict.Pending).Broken());
        }

        [Fact]
        public void Is_voided_with_an_entry_of_its_own_when_the_account_moves()
        {
            Assert.Empty(Proposed().Does(4, 5, OwnerDeactivate, 4, Status.Deactivated).Broken());
            Assert.Equal(Bad,
                Proposed().Does(4, 5, OwnerDeactivate, 4, Status.Deactivated)
                    .Does(6, 7, Approve, 5, Status.Deactivated, about: 2).Broken());
        }

        [Fact]
        public void For_later_fires_by_itself_once_it_waits_for_its_time_only()
        {
            Chronicle Later() => new Chronicle().Does(2, 3, DeactivateLater, 2, Status.Active, Verdict.Pending);
            Assert.Empty(Later().Reads(4, 5, 3, Status.Deactivated).Broken());
            Assert.Empty(Later().Does(4, 5, Approve, 3, Status.Active, Verdict.Pending, about: 2)
                .Reads(6, 7, 4, Status.Deactivated).Broken());
            Assert.Equal(Bad, Later().Reads(4, 5, 3, Status.Deactivated).Reads(6, 7, 4, Status.Active).Broken());
        }
    }

    public sealed class A_suspension
    {
        [Fact]
        public void Ends_by_itself_if_it_has_an_end()
        {
            Assert.Empty(new Chronicle().Does(2, 3, Suspend, 2, Status.Suspended, endsByItself: true)
                .Reads(4, 5, 3, Status.Active).Broken());
            Assert.Equal(Bad,
                new Chronicle().Does(2, 3, Suspend, 2, Status.Suspended).Reads(4, 5, 3, Status.Active).Broken());
        }

        [Fact]
        public void Ends_once()
        {
            var tale = new Chronicle().Does(2, 3, Suspend, 2, Status.Suspended, endsByItself: true)
                .Reads(4, 5, 3, Status.Active);
            Assert.Equal(Bad, tale.Reads(6, 7, 4, Status.Active).Broken());
        }
    }

    public sealed class A_counterexample
    {
        [Fact]
        public void Tells_a_person_what_happened_and_what_does_not_fit()
        {
            var tale = new Chronicle().Does(2, 3, Deactivate, 2, Status.Deactivated).Reads(4, 5, 1, Status.Active);
            var violation =
                Assert.Single(LinearizabilityChecker.Check(tale.History(), ReadConsistency.Linearizable).Violations);

            Assert.Equal(Chronicle.Id, violation.Account);
            Assert.Contains(
                "then version 2, Deactivated (StaffDeactivation)", violation.What, StringComparison.Ordinal);
            Assert.Contains(
                "No place for:\n    [4.000 s .. 5.000 s] #2 reader Read", violation.What, StringComparison.Ordinal);
        }
    }
}
