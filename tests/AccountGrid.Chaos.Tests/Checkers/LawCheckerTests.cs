using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>Each law, and the audit, holds for good journals and is shown to fail for a bad one.</summary>
public static class LawCheckerTests
{
    private const string Kim = "operator:kim";
    private const string Lee = "operator:lee";

    /// <summary>
    /// An account protected by its reach, a proposal by kim (entry 2) and its approval by lee (entry 3).
    /// </summary>
    private static Tale TwoPeople(
        Func<JournalLine, JournalLine>? proposal = null, Func<JournalLine, JournalLine>? takedown = null)
    {
        var tale = new Tale();
        var opened = tale.Entry("proposal-opened", "r1") with { Action = "deactivate", Actor = Kim };
        opened = proposal?.Invoke(opened) ?? opened;
        tale.Did(OperationKind.Deactivate, "r1", opened, Verdict.Pending, opened.Actor);
        var placed = tale.Takedown("r2") with
        {
            Actor = Lee,
            PlacedBy = Kim,
            ApprovedBy = "lee",
            Proposal = 2,
            Tier = "protected",
            Followers = 5000,
        };
        placed = takedown?.Invoke(placed) ?? placed;
        return tale.Did(OperationKind.Approve, "r2", placed, actor: placed.Actor, proposal: 2);
    }

    public sealed class Two_people
    {
        [Fact]
        public void Behind_a_protected_takedown_are_good() => Assert.Empty(TwoPeople().Broken());

        [Fact]
        public void Are_not_one_who_acted_alone()
        {
            var tale = new Tale();
            tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1") with { Tier = "protected", Followers = 5000 });
            Assert.Equal([LawChecker.TwoPeople], tale.Broken());
        }

        [Fact]
        public void Are_not_one_who_approved_the_own_proposal() =>
            Assert.Equal([LawChecker.TwoPeople],
                TwoPeople(takedown: l => l with { Actor = Kim, ApprovedBy = "kim" }).Broken());

        [Fact]
        public void Are_not_one_in_two_spellings() =>
            Assert.Equal([LawChecker.TwoPeople],
                TwoPeople(takedown: l => l with { Actor = "operator:Kim", ApprovedBy = "Kim" }).Broken());

        [Fact]
        public void Include_the_one_who_really_proposed_it() =>
            Assert.Equal([LawChecker.TwoPeople], TwoPeople(proposal: l => l with { Actor = Lee }).Broken());

        [Fact]
        public void Include_the_one_who_really_approved_it() =>
            Assert.Equal([LawChecker.TwoPeople], TwoPeople(takedown: l => l with { ApprovedBy = "mia" }).Broken());

        [Fact]
        public void Are_needed_for_an_erasure_of_any_account()
        {
            var tale = new Tale();
            tale.Write(tale.Entry("erased", "r1") with
            {
                Action = "erase",
                PlacedBy = Kim,
                Tier = "standard",
                Followers = 0,
            });
            Assert.Contains(LawChecker.TwoPeople, tale.Broken());
        }

        [Fact]
        public void Are_needed_where_the_protection_was_raised_explicitly()
        {
            var tale = new Tale();
            tale.Did(OperationKind.Protect, "r1", tale.Entry("protection-raised", "r1"));
            tale.Did(OperationKind.Deactivate, "r2", tale.Takedown("r2") with { Tier = "protected" });
            Assert.Equal([LawChecker.TwoPeople], tale.Broken());
        }
    }

    public sealed class The_tier
    {
        [Fact]
        public void Is_not_standard_beyond_the_reach() =>
            Assert.Equal([LawChecker.Tier], TwoPeople(takedown: l => l with { Tier = "standard" }).Broken());

        [Fact]
        public void Is_not_protected_without_a_cause() =>
            Assert.Equal([LawChecker.Tier], TwoPeople(takedown: l => l with { Followers = 3 }).Broken());
    }

    public sealed class A_budget
    {
        private static Tale Harms(int number, TimeSpan apart)
        {
            var tale = new Tale();
            for (var i = 0; i < number; i++)
            {
                var at = DateTimeOffset.UnixEpoch + (apart * i);
                tale.Did(OperationKind.Deactivate, $"d{i}", tale.Takedown($"d{i}") with { At = at });
                tale.Did(OperationKind.Restore, $"r{i}",
                    tale.Entry("hold-lifted", $"r{i}") with { Hold = "staffdeactivation" });
            }

            return tale;
        }

        [Fact]
        public void Is_kept_by_so_many_harms_in_an_hour() => Assert.Empty(Harms(3, TimeSpan.FromMinutes(1)).Broken());

        [Fact]
        public void Is_kept_by_more_over_a_longer_time() => Assert.Empty(Harms(4, TimeSpan.FromMinutes(20)).Broken());

        [Fact]
        public void Is_broken_by_one_more() =>
            Assert.Equal([LawChecker.Budget], Harms(4, TimeSpan.FromMinutes(1)).Broken());
    }

    public sealed class The_audit
    {
        [Fact]
        public void Is_intact()
        {
            var tale = new Tale();
            tale.Audit = tale.Audit with { Intact = false, Problem = "ENTRY_CHANGED" };
            Assert.Equal([AuditChecker.Broken], tale.Broken());
        }

        [Fact]
        public void Covers_every_entry_that_is_served()
        {
            var tale = TwoPeople();
            tale.Audit = tale.Audit with { Entries = 2 };
            Assert.Equal([AuditChecker.Short], tale.Broken());
        }

        [Fact]
        public void Never_has_fewer_checkpoints_than_before()
        {
            var tale = new Tale();
            var before = tale.Recovered();
            tale.Audit = tale.Audit with { Checkpoints = 4 };
            Assert.Equal([AuditChecker.Short], tale.Broken(before));
        }

        [Fact]
        public void Finds_journals_that_only_grow()
        {
            var tale = new Tale();
            var before = tale.Recovered();
            tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1"));
            Assert.Empty(tale.Broken(before));
        }

        [Fact]
        public void Does_not_overlook_an_entry_that_is_another_one_now()
        {
            var tale = new Tale();
            var before = tale.Recovered();
            tale.Journal[0] = tale.Journal[0] with { Hash = "other" };
            Assert.Equal([AuditChecker.Rewritten], tale.Broken(before));
        }

        [Fact]
        public void Does_not_overlook_a_tail_that_is_gone()
        {
            var tale = TwoPeople();
            var before = tale.Recovered();
            tale.Journal.RemoveAt(2);
            Assert.Contains(AuditChecker.Rewritten, tale.Broken(before));
        }
    }
}
