using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>Each requirement on follows holds for good histories and is shown to fail for a bad one.</summary>
public static class EdgeCheckerTests
{
    private static Tale With(Tale tale, params IEnumerable<long> followers)
    {
        tale.Edges.AddRange(followers);
        return tale;
    }

    private static Tale Ingests(Tale tale, Answer? answer, params ReadOnlySpan<(long Follower, bool Follows)> changes)
    {
        var edges = new List<EdgeChange>();
        foreach (var (follower, follows) in changes)
        {
            edges.Add(new EdgeChange(Tale.Id, follower, follows));
        }

        return tale.Tell(new Intent("fan", OperationKind.Ingest, 0) { Edges = [.. edges] }, answer);
    }

    public sealed class An_edge
    {
        [Fact]
        public void Is_there_after_an_acknowledged_follow()
        {
            Assert.Empty(With(new Tale().Follows(5, true, changed: true), 5).Broken());
            Assert.Equal([EdgeChecker.Lost], new Tale().Follows(5, true, changed: true).Broken());
        }

        [Fact]
        public void Is_gone_after_an_acknowledged_unfollow()
        {
            Assert.Empty(new Tale().Follows(5, true, changed: true).Follows(5, false, changed: true).Broken());
            Assert.Equal([EdgeChecker.Lost],
                With(new Tale().Follows(5, true, changed: true).Follows(5, false, changed: true), 5).Broken());
        }

        [Fact]
        public void May_be_either_after_an_unanswered_follow()
        {
            Assert.Empty(new Tale().Follows(5, true, changed: null).Broken());
            Assert.Empty(With(new Tale().Follows(5, true, changed: null), 5).Broken());
        }

        [Fact]
        public void Keeps_what_was_acknowledged_in_the_next_life_because_the_unanswered_attempt_died_with_its_process()
        {
            var tale = new Tale().Follows(5, false, changed: null).Dies()
                .Follows(5, true, changed: true, incarnation: 2);
            Assert.Equal([EdgeChecker.Lost], tale.Broken());
        }

        [Fact]
        public void May_lose_what_was_acknowledged_to_an_unanswered_attempt_in_the_same_life()
        {
            var tale = new Tale().Follows(5, false, changed: null).Follows(5, true, changed: true).Dies();
            Assert.Empty(tale.Broken());
        }

        [Fact]
        public void Is_there_after_a_retry_that_changed_nothing_because_the_first_attempt_had()
        {
            var tale = new Tale().Dies().Tell(
                new Intent("fan", OperationKind.Follow, Tale.Id) { Edges = [new EdgeChange(Tale.Id, 5, true)] },
                (null, 1), (new Answer(Verdict.Done) { Changed = 0 }, 2));
            Assert.Empty(With(tale, 5).Broken());
        }

        [Fact]
        public void That_nobody_asked_for_is_a_phantom() =>
            Assert.Equal([EdgeChecker.Phantom], With(new Tale(), 5).Broken());

        [Fact]
        public void Is_untouched_by_a_refused_follow()
        {
            var tale = new Tale().Tell(
                new Intent("fan", OperationKind.Follow, Tale.Id) { Edges = [new EdgeChange(Tale.Id, 5, true)] },
                new Answer(Verdict.Refused, "INVALID_ARGUMENT"));
            Assert.Empty(tale.Broken());
            Assert.Equal([EdgeChecker.Phantom], With(tale, 5).Broken());
        }
    }

    public sealed class A_change
    {
        [Fact]
        public void Is_not_claimed_where_the_edge_was_there_already() =>
            Assert.Equal([EdgeChecker.WrongChange],
                With(new Tale().Follows(5, true, changed: true).Follows(5, true, changed: true), 5).Broken());

        [Fact]
        public void Is_not_denied_where_the_edge_was_absent() =>
            Assert.Equal([EdgeChecker.WrongChange], With(new Tale().Follows(5, true, changed: false), 5).Broken());

        [Fact]
        public void May_be_either_where_an_unanswered_attempt_came_before()
        {
            Assert.Empty(With(new Tale().Follows(5, true, changed: null).Follows(5, true, changed: true), 5).Broken());
            Assert.Empty(With(new Tale().Follows(5, true, changed: null).Follows(5, true, changed: false), 5).Broken());
        }

        [Fact]
        public void In_a_batch_is_counted_in_order()
        {
            var good = new Answer(Verdict.Done) { Changed = 4 };
            Assert.Empty(
                With(Ingests(new Tale(), good, (5, true), (5, true), (6, true), (6, false), (7, false), (7, true)), 5,
                    7).Broken());
            Assert.Equal(
                [EdgeChecker.WrongChange],
                With(
                    Ingests(new Tale(), good with { Changed = 3 }, (5, true), (5, true), (6, true), (6, false),
                        (7, false), (7, true)), 5, 7).Broken());
        }

        [Fact]
        public void In_a_batch_does_not_come_of_what_was_refused()
        {
            var answer = new Answer(Verdict.Done) { Changed = 1, RefusedEdges = [0] };
            Assert.Empty(With(Ingests(new Tale(), answer, (5, true), (6, true)), 6).Broken());
            Assert.Equal([EdgeChecker.Phantom], With(Ingests(new Tale(), answer, (5, true), (6, true)), 5, 6).Broken());
        }

        [Fact]
        public void In_a_batch_that_was_cut_short_may_stand_for_some_edges_only() =>
            Assert.Empty(With(Ingests(new Tale(), answer: null, (5, true), (6, true), (7, true)), 6).Broken());
    }

    public sealed class The_count
    {
        [Fact]
        public void On_disk_is_not_off_by_one()
        {
            var tale = With(new Tale().Follows(5, true, changed: true), 5);
            tale.DiskCount = 2;
            Assert.Equal([EdgeChecker.WrongCount], tale.Broken());
        }

        [Fact]
        public void Served_is_not_off_by_one()
        {
            var tale = With(new Tale().Follows(5, true, changed: true), 5);
            tale.Distort = a =>
                a with { Served = a.Served with { Followers = new FollowersSeen(0, 100, Exact: true) } };
            Assert.Equal([EdgeChecker.WrongCount], tale.Broken());
        }

        [Fact]
        public void Served_is_one_that_the_answers_allow_where_the_database_cannot_be_read()
        {
            var tale =
                With(new Tale { HasDisk = false }.Follows(5, true, changed: true).Follows(6, true, changed: null), 5);
            foreach (var (count, holds) in ((long, bool)[])[(0, false), (1, true), (2, true), (3, false)])
            {
                tale.Distort = a =>
                    a with { Served = a.Served with { Followers = new FollowersSeen(count, 100, Exact: true) } };
                Assert.Equal(holds ? [] : [EdgeChecker.WrongCount], tale.Broken());
            }
        }
    }

    public sealed class While_a_cluster_is_disturbed
    {
        [Fact]
        public void Less_may_be_said_to_have_changed_and_more_may_not()
        {
            var less = With(new Tale().Follows(5, true, changed: false), 5);
            Assert.Equal([EdgeChecker.WrongChange], less.Broken());
            less.Disturbed = (0, less.Now);
            Assert.Empty(less.Broken());
            var more = With(new Tale().Follows(5, true, changed: true).Follows(5, true, changed: true), 5);
            more.Disturbed = (0, more.Now);
            Assert.Equal([EdgeChecker.WrongChange], more.Broken());
        }
    }
}
