using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>Each requirement on what is served holds for good histories and is shown to fail for a bad one.</summary>
public static class ObservationCheckerTests
{
    private static Tale TakenDown()
    {
        var tale = new Tale();
        return tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1"));
    }

    private static FollowersSeen Followers(long count, long version) => new(count, version, Exact: true);

    public sealed class A_good_history
    {
        [Fact]
        public void Of_reads_that_move_on_has_no_violation()
        {
            var tale = TakenDown().Reads("ann", 2, Account.Types.Status.Deactivated, Followers(0, 0))
                .Reads("bob", 2, Account.Types.Status.Deactivated, Followers(7, 3));
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void May_have_an_older_answer_to_a_read_that_overlaps_a_newer_one()
        {
            var tale = TakenDown().Reads("ann", 1, Account.Types.Status.Active);
            tale.Amend(o => o with { Attempts = [o.Attempts[0] with { StartedAt = TimeSpan.Zero }] });
            Assert.Empty(tale.Broken());
        }
    }

    public sealed class What_is_served
    {
        [Fact]
        public void Is_not_another_status_than_the_journal_says() =>
            Assert.Equal([ObservationChecker.Unexplained],
                TakenDown().Reads("ann", 2, Account.Types.Status.Active).Broken());

        [Fact]
        public void Is_not_a_version_that_the_journal_has_not() =>
            Assert.Contains(
                ObservationChecker.Unexplained, TakenDown().Reads("ann", 3, Account.Types.Status.Active).Broken());

        [Fact]
        public void After_the_recovery_is_not_another_status_than_the_journal_says()
        {
            var tale = TakenDown();
            tale.Distort = a => a with { Served = a.Served with { Status = Account.Types.Status.Active } };
            Assert.Equal([ObservationChecker.Unexplained], tale.Broken());
        }

        [Fact]
        public void After_the_recovery_has_the_holds_of_the_journal()
        {
            var tale = TakenDown();
            tale.Distort = a => a with { Holds = ["ownerdeactivation"] };
            Assert.Equal([ObservationChecker.Unexplained], tale.Broken());
        }

        [Fact]
        public void After_the_recovery_has_the_proposal_of_the_journal()
        {
            var tale = TakenDown();
            tale.Distort = a => a with { Pending = 2 };
            Assert.Equal([ObservationChecker.Unexplained], tale.Broken());
        }

        [Fact]
        public void After_the_recovery_is_listed_under_its_status()
        {
            var tale = TakenDown();
            tale.Distort = a => a with { Listed = Account.Types.Status.Active };
            Assert.Equal([ObservationChecker.Unexplained], tale.Broken());
        }

        [Fact]
        public void After_the_recovery_is_listed()
        {
            var tale = TakenDown();
            tale.Distort = a => a with { Listed = null };
            Assert.Equal([ObservationChecker.Unexplained], tale.Broken());
        }
    }

    public sealed class A_version
    {
        [Fact]
        public void Does_not_go_backwards_for_a_client()
        {
            var tale = TakenDown().Reads("ann", 2, Account.Types.Status.Deactivated)
                .Reads("ann", 1, Account.Types.Status.Active);
            Assert.Equal([ObservationChecker.Backwards], tale.Broken());
        }

        [Fact]
        public void Does_not_go_backwards_across_a_restart()
        {
            var tale = TakenDown().Dies().Reads("ann", 1, Account.Types.Status.Active);
            Assert.Equal([ObservationChecker.Backwards], tale.Broken());
        }

        [Fact]
        public void Does_not_go_backwards_to_an_account_that_is_not_there() =>
            Assert.Equal([ObservationChecker.Backwards],
                TakenDown().Reads("ann", 0, Account.Types.Status.Unspecified).Broken());

        [Fact]
        public void After_the_recovery_is_not_older_than_one_that_was_served()
        {
            var tale = TakenDown();
            tale.Distort = a =>
                a with { Served = a.Served with { Version = 1, Status = Account.Types.Status.Active }, Holds = [] };
            Assert.Equal([ObservationChecker.Backwards], tale.Broken());
        }
    }

    public sealed class A_count
    {
        [Fact]
        public void Does_not_go_back_to_an_older_version()
        {
            var tale = TakenDown().Reads("ann", 2, Account.Types.Status.Deactivated, Followers(7, 3))
                .Reads("bob", 2, Account.Types.Status.Deactivated, Followers(6, 2));
            Assert.Equal([ObservationChecker.CountBackwards], tale.Broken());
        }

        [Fact]
        public void Is_one_number_per_version()
        {
            var tale = TakenDown().Reads("ann", 2, Account.Types.Status.Deactivated, Followers(7, 3))
                .Reads("bob", 2, Account.Types.Status.Deactivated, Followers(8, 3));
            Assert.Equal([ObservationChecker.TwoCounts], tale.Broken());
        }

        [Fact]
        public void Is_exact_unless_the_store_fails()
        {
            Assert.Equal(
                [ObservationChecker.Inexact],
                new Tale().Reads("ann", 1, Account.Types.Status.Active, new FollowersSeen(7, 3, Exact: false))
                    .Broken());
            Assert.Empty(
                new Tale { StoreFails = true }.Reads(
                    "ann", 1, Account.Types.Status.Active, new FollowersSeen(7, 3, Exact: false)).Broken());
        }

        [Fact]
        public void After_the_recovery_is_exact_always()
        {
            var tale = new Tale
            {
                StoreFails = true,
                Distort = a => a with
                {
                    Served = a.Served with { Followers = new FollowersSeen(0, 100, Exact: false) },
                },
            };
            Assert.Equal([ObservationChecker.Inexact], tale.Broken());
        }
    }

    public sealed class While_a_cluster_is_disturbed
    {
        [Fact]
        public void A_read_may_be_old_and_one_behind_it_may_not()
        {
            var tale = TakenDown().Reads("ann", 2, Account.Types.Status.Deactivated, Followers(7, 3));
            var from = tale.Now;
            tale.Reads("bob", 1, Account.Types.Status.Active, Followers(6, 2));
            tale.Disturbed = (from, tale.Now);
            Assert.Empty(tale.Broken());
            tale.Tick();
            Assert.Equal([ObservationChecker.CountBackwards, ObservationChecker.Backwards],
                tale.Reads("bob", 1, Account.Types.Status.Active, Followers(6, 2)).Broken());
        }

        [Fact]
        public void A_read_is_no_older_than_it_insists_on()
        {
            var tale = TakenDown().Reads("ann", 1, Account.Types.Status.Active, minVersion: 2);
            tale.Disturbed = (0, tale.Now);
            Assert.Equal([ObservationChecker.BelowMinimum], tale.Broken());
        }

        [Fact]
        public void A_command_shows_more_than_anything_before_it()
        {
            var tale = TakenDown();
            tale.Did(OperationKind.Restore, "r2", tale.Entry("hold-lifted", "r2") with { Hold = "staffdeactivation" })
                .Amend(o => o with
                {
                    Attempts = [o.Attempts[0] with
                    {
                        Answer = o.Answer! with { Seen = [new Seen(Tale.Id, 1, Account.Types.Status.Active)] },
                    }],
                });
            tale.Disturbed = (0, tale.Now);
            Assert.Contains(ObservationChecker.Backwards, tale.Broken());
        }

        [Fact]
        public void A_count_that_a_follow_changed_is_the_newest()
        {
            var tale = TakenDown().Reads("ann", 2, Account.Types.Status.Deactivated, Followers(7, 3))
                .Follows(5, true, changed: true);
            tale.Edges.Add(5);
            tale.Amend(o =>
                o with
                {
                    Attempts = [
                    o.Attempts[0] with
                    {
                        Answer = o.Answer! with { Seen = [new Seen(Tale.Id, Followers: Followers(7, 2))] },
                    }]
                });
            tale.Disturbed = (0, tale.Now);
            Assert.Equal([ObservationChecker.CountBackwards], tale.Broken());
        }
    }
}
