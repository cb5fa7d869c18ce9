using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>Each requirement on commands holds for good histories and is shown to fail for a bad one.</summary>
public static class JournalCheckerTests
{
    private static readonly Intent Deactivates =
        new("kim", OperationKind.Deactivate, Tale.Id) { RequestId = "r1", Actor = "operator:kim" };

    private static Answer Refused(string reason) => new(Verdict.Refused, reason);

    public sealed class A_good_history
    {
        [Fact]
        public void Of_commands_that_were_acknowledged_has_no_violation()
        {
            var tale = new Tale();
            tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1"));
            tale.Did(OperationKind.Restore, "r2", tale.Entry("hold-lifted", "r2") with { Hold = "staffdeactivation" });
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_an_unanswered_command_that_acted()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1")).Tell(Deactivates, answer: null);
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_an_unanswered_command_that_did_not_act() =>
            Assert.Empty(new Tale().Tell(Deactivates, answer: null).Broken());

        [Fact]
        public void May_have_a_retry_that_was_answered_for_what_the_first_attempt_did()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1")).Dies().Tell(Deactivates, (null, 1), (new Answer(Verdict.Done), 2));
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_one_append_of_several_entries()
        {
            var tale = new Tale();
            tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1"))
                .Did(OperationKind.Suspend, "r2", tale.Takedown("r2", "suspend"));
            tale.Did(OperationKind.Erase, "r3", tale.Entry("proposal-opened", "r3") with { Action = "erase" },
                Verdict.Pending);
            var lifted = tale.Entry("hold-lifted", "r4") with { Hold = "staffdeactivation" };
            tale.Write(
                lifted,
                lifted with { Sequence = lifted.Sequence + 1, Hold = "suspension" },
                lifted with
                {
                    Sequence = lifted.Sequence
                    + 2,
                    Type = "proposal-closed",
                    Hold = "",
                    Proposal = lifted.Sequence - 1,
                    Closed = "void"
                });
            tale.Tell(new Intent("kim", OperationKind.Restore, Tale.Id) { RequestId = "r4", Actor = "operator:kim" },
                new Answer(Verdict.Done));
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_a_recorded_refusal()
        {
            var tale = new Tale();
            tale.Write(tale.Entry("attempt-refused", "r1") with { Refusal = "BUDGET_EXCEEDED" })
                .Tell(Deactivates, Refused("BUDGET_EXCEEDED"));
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_a_sum_of_refused_attempts_and_attempts_that_are_in_it()
        {
            var tale = new Tale();
            for (var i = 0; i < 64; i++)
            {
                tale.Write(tale.Entry("attempt-refused", $"r{i}") with { Refusal = "WRONG_STATUS" })
                    .Tell(Deactivates with { RequestId = $"r{i}" }, Refused("WRONG_STATUS"));
            }

            tale.Tell(Deactivates with { RequestId = "more" }, Refused("WRONG_STATUS"));
            tale.Write(tale.Entry("attempt-refused") with { Refusal = "WRONG_STATUS", IsSum = true });
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_acts_of_the_system()
        {
            var tale = new Tale();
            tale.Did(OperationKind.Suspend, "r1", tale.Takedown("r1", "suspend"));
            tale.Write(tale.Entry("hold-lifted") with { Hold = "suspension", Actor = "system:system" });
            Assert.Empty(tale.Broken());
        }
    }

    public sealed class A_lost_write
    {
        [Fact]
        public void Is_an_acknowledged_command_without_an_entry() =>
            Assert.Contains(JournalChecker.Lost, new Tale().Tell(Deactivates, new Answer(Verdict.Done)).Broken());

        [Fact]
        public void Is_an_acknowledged_registration_of_an_account_that_is_not_there()
        {
            var tale = new Tale { Distort = a => a with { Served = new Seen(Tale.Id, Version: 0), Journal = [] } };
            Assert.Contains(JournalChecker.Lost, tale.Broken());
        }

        [Fact]
        public void Is_a_refused_attempt_at_power_that_was_not_recorded() =>
            Assert.Contains(JournalChecker.Lost, new Tale().Tell(Deactivates, Refused("SAME_PERSON")).Broken());

        [Fact]
        public void Is_an_attempt_that_the_state_did_not_allow_and_that_was_not_recorded() =>
            Assert.Contains(JournalChecker.Lost, new Tale().Tell(Deactivates, Refused("WRONG_STATUS")).Broken());
    }

    public sealed class A_doubled_act
    {
        [Fact]
        public void Is_found_where_a_retry_acted_again()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1"));
            tale.Write(tale.Entry("hold-lifted") with { Hold = "staffdeactivation", Actor = "system:system" });
            tale.Write(tale.Takedown("r1") with { TraceId = "r1.2" });
            tale.Dies().Tell(Deactivates, (null, 1), (new Answer(Verdict.Done), 2));
            Assert.Contains(JournalChecker.Twice, tale.Broken());
        }

        [Fact]
        public void Is_found_where_both_stand_side_by_side()
        {
            var tale = new Tale();
            tale.Write(tale.Entry("protection-raised", "r1"));
            tale.Write(tale.Entry("protection-raised", "r1") with { TraceId = "r1.2" });
            tale.Dies().Tell(
                Deactivates with { Kind = OperationKind.Protect }, (null, 1), (new Answer(Verdict.Done), 2));
            Assert.Contains(JournalChecker.Twice, tale.Broken());
        }

        [Fact]
        public void Is_found_though_nobody_was_answered()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1"));
            tale.Write(tale.Takedown("r1"));
            Assert.Contains(JournalChecker.Twice, tale.Tell(Deactivates, answer: null).Broken());
        }
    }

    public sealed class A_phantom
    {
        [Fact]
        public void Is_a_refused_command_that_acted()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1")).Tell(Deactivates, Refused("WRONG_STATUS"));
            Assert.Contains(JournalChecker.Phantom, tale.Broken());
        }

        [Fact]
        public void Is_not_a_command_whose_unanswered_attempt_may_still_have_been_on_its_way_in_the_same_process()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1")).Tell(Deactivates, (null, 1), (Refused("WRONG_STATUS"), 1));
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void Is_a_command_whose_unanswered_attempt_died_with_its_process_before_it_was_refused()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1")).Dies().Tell(Deactivates, (null, 1), (Refused("WRONG_STATUS"), 2));
            Assert.Contains(JournalChecker.Phantom, tale.Broken());
        }

        [Fact]
        public void Is_an_entry_that_nobody_asked_for()
        {
            var tale = new Tale();
            Assert.Contains(JournalChecker.Nobody, tale.Write(tale.Takedown("r9")).Broken());
        }

        [Fact]
        public void Is_an_act_of_nobody_without_a_request_id()
        {
            var tale = new Tale();
            Assert.Contains(JournalChecker.Nobody, tale.Write(tale.Takedown("")).Broken());
        }
    }

    public sealed class A_wrong_act
    {
        [Fact]
        public void Is_another_one_than_was_asked_for()
        {
            var tale = new Tale();
            Assert.Contains(
                JournalChecker.WrongAct, tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1", "suspend"))
                    .Broken());
        }

        [Fact]
        public void Is_one_under_another_name()
        {
            var tale = new Tale();
            Assert.Contains(JournalChecker.WrongAct,
                tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1") with { Actor = "operator:lee" }).Broken());
        }

        [Fact]
        public void Is_one_in_the_trace_of_no_attempt()
        {
            var tale = new Tale();
            Assert.Contains(JournalChecker.WrongAct,
                tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1") with { TraceId = "other" }).Broken());
        }

        [Fact]
        public void Is_one_that_its_own_answer_did_not_show_yet()
        {
            var tale = new Tale();
            tale.Write(tale.Takedown("r1"));
            tale.Tell(Deactivates, new Answer(Verdict.Done) { Seen = [new Seen(Tale.Id, Version: 1)] });
            Assert.Contains(JournalChecker.WrongAct, tale.Broken());
        }

        [Fact]
        public void Is_a_refusal_that_nothing_explains() =>
            Assert.Equal([JournalChecker.WrongRefusal],
                new Tale().Tell(Deactivates, Refused("REQUEST_ID_CONFLICT")).Broken());
    }

    public sealed class An_internal_error
    {
        [Fact]
        public void Is_no_way_to_answer()
        {
            var tale = new Tale().Tell(Deactivates, answer: null)
                .Amend(o => o with { Attempts = [o.Attempts[0] with { Error = "INTERNAL" }] });
            Assert.Equal([JournalChecker.Internal], tale.Broken());
        }
    }

    public sealed class The_order
    {
        [Fact]
        public void Of_the_journal_agrees_with_real_time()
        {
            var tale = new Tale();
            var (first, second) = (tale.Takedown("r1"), tale.Takedown("r2", "suspend"));
            tale.Did(OperationKind.Suspend, "r2", second with { Sequence = first.Sequence });
            tale.Did(OperationKind.Deactivate, "r1", first with { Sequence = first.Sequence + 1 });
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void Is_wrong_where_what_was_answered_first_stands_behind_what_was_begun_later()
        {
            var tale = new Tale();
            tale.Tell(Deactivates, new Answer(Verdict.Done));
            tale.Did(OperationKind.Suspend, "r2", tale.Takedown("r2", "suspend"));
            Assert.Equal([JournalChecker.Order], tale.Write(tale.Takedown("r1")).Broken());
        }

        [Fact]
        public void Of_sequences_has_no_gap()
        {
            var tale = new Tale();
            tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1"));
            tale.Did(OperationKind.Restore, "r2", tale.Entry("hold-lifted", "r2") with { Hold = "staffdeactivation" });
            tale.Journal.RemoveAt(1);
            Assert.Contains(JournalChecker.Damaged, tale.Broken());
        }
    }
}
