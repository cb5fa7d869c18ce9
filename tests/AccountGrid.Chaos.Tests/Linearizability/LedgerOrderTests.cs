using AccountGrid.Chaos.Linearizability;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>What clients may be told about how many followers an account has, and what they may not.</summary>
public static class LedgerOrderTests
{
    private static readonly string[] Bad = [LinearizabilityChecker.Count];

    public sealed class A_count
    {
        [Fact]
        public void Shows_every_acknowledged_follow()
        {
            Assert.Empty(new Chronicle().Follows(2, 3, 5, true, 1, 1).Counts(4, 5, 1, 1).Broken());
            Assert.Equal(Bad, new Chronicle().Follows(2, 3, 5, true, 1, 1).Counts(4, 5, 0, 0).Broken());
        }

        [Fact]
        public void Shows_either_during_a_follow()
        {
            Assert.Empty(new Chronicle().Follows(2, 9, 5, true, 1, 1).Counts(3, 4, 0, 0).Counts(5, 6, 1, 1).Broken());
            Assert.Equal(Bad,
                new Chronicle().Follows(2, 9, 5, true, 1, 1).Counts(3, 4, 1, 1).Counts(5, 6, 0, 0).Broken());
        }

        [Fact]
        public void Never_goes_back_without_an_unfollow()
        {
            Chronicle Tale() => new Chronicle().Follows(2, 3, 5, true, 1, 1).Follows(4, 5, 6, true, 2, 2);
            Assert.Equal(Bad, Tale().Counts(6, 7, 1, 3).Broken());
            Assert.Equal(Bad, Tale().Counts(6, 7, 1, 2).Broken());
            Assert.Empty(Tale().Follows(6, 7, 5, true, 1, 3, follows: false).Counts(8, 9, 1, 3).Broken());
        }

        [Fact]
        public void Has_a_version_that_grows_with_its_changes_and_only_with_them()
        {
            Assert.Equal(Bad, new Chronicle().Counts(2, 3, 0, 1).Broken());
            Assert.Equal(Bad, new Chronicle().Follows(2, 3, 5, true, 1, 2).Broken());
            Assert.Equal(Bad, new Chronicle().Follows(2, 3, 5, true, 1, 1).Follows(4, 5, 6, true, 2, 1).Broken());
        }

        [Fact]
        public void May_be_old_while_the_membership_is_unsettled()
        {
            var tale = new Chronicle().Follows(11, 12, 5, true, 1, 1).Counts(13, 14, 0, 0);
            Assert.Empty(tale.Broken(new([new Period(Textbook.At(10), Textbook.At(20))])));
            Assert.Equal(Bad, tale.Broken(new([new Period(Textbook.At(12.5), Textbook.At(20))])));
        }
    }

    public sealed class A_follow
    {
        [Fact]
        public void May_find_done_what_it_asks_for_while_gateways_send_lost_calls_again()
        {
            // A rolling restart was taken for a violation: the silo that had carried the follow out was gone before it
            // could say so.
            var tale = new Chronicle().Follows(11, 12, 5, changed: false, 1, 1);
            Assert.Empty(tale.Broken(new([new Period(Textbook.At(10), Textbook.At(20))])));
            Assert.Equal(Bad, tale.Broken());
        }

        [Fact]
        public void Is_answered_with_a_count_that_holds_it()
        {
            Assert.Equal(Bad, new Chronicle().Follows(2, 3, 5, true, 0, 0).Broken());
        }

        [Fact]
        public void May_share_a_transaction_with_another_one()
        {
            Assert.Empty(new Chronicle().Follows(2, 5, 5, true, 2, 1).Follows(2, 5, 6, true, 2, 1).Broken());
            Assert.Equal(Bad, new Chronicle().Follows(2, 5, 5, true, 1, 1).Follows(2, 5, 6, true, 1, 1).Broken());
        }

        [Fact]
        public void Comes_in_any_order_with_another_one_of_the_same_time()
        {
            Assert.Empty(new Chronicle().Follows(2, 5, 5, true, 2, 2).Follows(2, 5, 6, true, 1, 1).Broken());
        }

        [Fact]
        public void That_changed_nothing_counts_for_nothing()
        {
            Assert.Empty(new Chronicle().Follows(2, 3, 5, true, 1, 1).Follows(4, 5, 5, false, 1, 1).Broken());
            Assert.Equal(Bad, new Chronicle().Follows(2, 3, 5, true, 1, 1).Follows(4, 5, 5, false, 2, 2).Broken());
        }

        [Fact]
        public void That_is_sent_again_counts_once()
        {
            Chronicle Retried(bool changed, long count) =>
                new Chronicle().Tell(
                    Chronicle.Follow(5), (2, 3, null), (4, 5, Chronicle.FollowAnswer(changed, count, count)));

            Assert.Empty(Retried(changed: false, 1).Counts(6, 7, 1, 1).Broken());
            Assert.Empty(Retried(changed: true, 1).Counts(6, 7, 1, 1).Broken());
            Assert.Equal(Bad, Retried(changed: true, 2).Broken());
            Assert.Equal(Bad, Retried(changed: false, 1).Counts(6, 7, 2, 2).Broken());
        }

        [Fact]
        public void Even_of_an_unsettled_membership_is_answered_with_the_truth()
        {
            var tale = new Chronicle().Follows(2, 3, 5, true, 1, 1).Follows(4, 5, 6, true, 1, 1);
            Assert.Equal(Bad, tale.Broken(ReadConsistency.Monotonic));
        }
    }

    public sealed class A_follow_without_an_answer
    {
        [Fact]
        public void May_act_late_or_never()
        {
            Assert.Empty(new Chronicle().TriesToFollow(2, 5).Counts(3, 4, 0, 0).Counts(5, 6, 1, 1).Broken());
            Assert.Empty(new Chronicle().TriesToFollow(2, 5).Counts(3, 4, 0, 0).Broken());
        }

        [Fact]
        public void Is_not_seen_and_then_unseen()
        {
            Assert.Equal(Bad, new Chronicle().TriesToFollow(2, 5).Counts(3, 4, 1, 1).Counts(5, 6, 0, 0).Broken());
        }

        [Fact]
        public void Acts_once()
        {
            Assert.Equal(Bad, new Chronicle().TriesToFollow(2, 5).Counts(3, 4, 1, 1).Counts(5, 6, 2, 2).Broken());
        }

        [Fact]
        public void Has_acted_where_its_client_is_told_so()
        {
            Assert.Empty(new Chronicle().TriesToFollow(2, 5).Follows(3, 4, 5, changed: false, 1, 1).Counts(5, 6, 1, 1)
                .Broken());
            Assert.Equal(Bad,
                new Chronicle().TriesToFollow(2, 5).Follows(3, 4, 5, changed: false, 1, 1).Counts(5, 6, 2, 2).Broken());
        }

        [Fact]
        public void May_still_act_behind_an_unfollow_unless_its_process_is_dead()
        {
            Chronicle Tale() =>
                new Chronicle().TriesToFollow(2, 5).Follows(4, 5, 5, changed: false, 0, 0, follows: false)
                    .Counts(6, 7, 1, 1);
            Assert.Empty(Tale().Broken());
            Assert.Equal(Bad, Tale().Dies(3).Broken());
        }
    }

    public sealed class An_ingest
    {
        [Fact]
        public void Is_seen_in_parts_while_it_lasts_and_whole_afterwards()
        {
            Chronicle Tale() => new Chronicle().Ingests(2, 9, 100, followers: 10);
            Assert.Empty(Tale().Counts(3, 4, 4, 2).Counts(10, 11, 10, 5).Broken());
            Assert.Equal(Bad, Tale().Counts(3, 4, 11, 2).Broken());
            Assert.Equal(Bad, Tale().Counts(10, 11, 9, 5).Broken());
            Assert.Equal(Bad, Tale().Counts(10, 11, 10, 11).Broken());
        }

        [Fact]
        public void Counts_nobody_twice()
        {
            Assert.Empty(new Chronicle().Ingests(2, 3, 100, followers: 10).Ingests(4, 5, 105, followers: 10)
                .Counts(6, 7, 15, 2).Broken());
            Assert.Equal(Bad,
                new Chronicle().Ingests(2, 3, 100, followers: 10).Ingests(4, 5, 105, followers: 10).Counts(6, 7, 20, 2)
                    .Broken());
        }
    }
}
