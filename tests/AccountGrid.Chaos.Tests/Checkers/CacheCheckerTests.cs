using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using Status = AccountGrid.V1.Account.Types.Status;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>Each way in which an answer of a cache can be staler than its bound is found, and nothing else.</summary>
public static class CacheCheckerTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    /// <summary>An account that is registered and taken down, and the moment at which a client knew that.</summary>
    private static (Tale Tale, TimeSpan DownAt) TakenDown()
    {
        var tale = new Tale().Reads("ann", 1, Status.Active);
        tale.Did(OperationKind.Deactivate, "r1", tale.Takedown("r1"));
        return (tale, tale.Last.AnsweredAt);
    }

    private static IEnumerable<string> Check(Tale tale, TimeSpan askedAt, Status? status, long account = Tale.Id) =>
        CacheChecker
            .Check(tale.History(), tale.Recovered(), [new("cache", account, askedAt, askedAt, status)], Bound)
            .Select(static v => v.Check);

    public sealed class An_answer
    {
        [Fact]
        public void May_be_as_old_as_the_bound()
        {
            var (tale, downAt) = TakenDown();
            Assert.Empty(Check(tale, downAt, Status.Active));
            Assert.Empty(Check(tale, downAt + Bound, Status.Active));
        }

        [Fact]
        public void Is_no_older()
        {
            var (tale, downAt) = TakenDown();
            var tooLate = downAt + Bound + TimeSpan.FromMilliseconds(1);
            Assert.Equal([CacheChecker.TooStale], Check(tale, tooLate, Status.Active));
            Assert.Equal([CacheChecker.TooStale], Check(tale, downAt + TimeSpan.FromMinutes(10), Status.Active));
        }

        [Fact]
        public void May_be_newer_than_what_any_client_was_told()
        {
            var (tale, _) = TakenDown();
            Assert.Empty(Check(tale, TimeSpan.Zero, Status.Deactivated));
        }

        [Fact]
        public void Is_right_for_as_long_as_no_client_was_told_of_a_newer_version()
        {
            var (tale, _) = TakenDown();
            Assert.Empty(Check(tale, TimeSpan.FromHours(1), Status.Deactivated));
        }

        [Fact]
        public void Is_none_that_never_was()
        {
            var (tale, downAt) = TakenDown();
            Assert.Equal([CacheChecker.TooStale], Check(tale, downAt, Status.Suspended));
        }

        [Fact]
        public void Is_right_again_when_the_account_is_as_it_was_before()
        {
            var (tale, _) = TakenDown();
            tale.Did(OperationKind.Restore, "r2", tale.Entry("hold-lifted", "r2") with { Hold = "staffdeactivation" })
                .Reads("ann", 3, Status.Active);
            Assert.Empty(Check(tale, TimeSpan.FromHours(1), Status.Active));
            Assert.Equal([CacheChecker.TooStale], Check(tale, TimeSpan.FromHours(1), Status.Deactivated));
        }

        [Fact]
        public void May_say_for_as_long_that_there_is_no_such_account()
        {
            var (tale, _) = TakenDown();
            Assert.Empty(Check(tale, TimeSpan.Zero, status: null));
            Assert.Equal([CacheChecker.TooStale], Check(tale, TimeSpan.FromHours(1), status: null));
        }

        [Fact]
        public void On_an_account_that_no_history_knows_is_not_judged()
        {
            var (tale, _) = TakenDown();
            Assert.Empty(Check(tale, TimeSpan.FromHours(1), Status.Suspended, account: 77));
        }
    }
}
