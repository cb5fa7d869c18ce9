using AccountGrid.V1;
using Status = AccountGrid.V1.Account.Types.Status;

namespace AccountGrid.Client.Tests;

/// <summary>What meets in the table when an event and the answer to a read cross each other.</summary>
public static class StatusTableTests
{
    public sealed class Keep
    {
        private readonly StatusTable _table = New(capacity: 100);

        [Fact]
        public void Holds_an_answer_and_finds_it() => Assert.Equal(Up(3), Read(1, Up(3)));

        [Fact]
        public void Refuses_an_answer_that_is_older_than_what_was_heard_while_reading()
        {
            _table.BeginRead([1]);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.True(_table.Keep(1, Up(3), First).IsOutdated);
            Assert.Equal(Status.Deactivated, _table.Find(1)!.Status);
        }

        [Fact]
        public void Refuses_an_answer_that_is_older_than_an_event_from_before_the_read()
        {
            // A silo that woke answered from its old views, after the event had passed: the cache said ACTIVE until the
            // entry's life was over.
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            _table.BeginRead([1]);
            Assert.True(_table.Keep(1, Up(3), First).IsOutdated);
            Assert.Equal(Status.Deactivated, _table.Find(1)!.Status);
        }

        [Fact]
        public void Refuses_it_also_for_an_account_that_the_server_does_not_know_yet()
        {
            _table.Apply(Event(1, 1, Status.Active), 0);
            Assert.True(_table.Keep(1, new StatusEntry(null, 0, 0), First).IsOutdated);
            Assert.Equal(Status.Active, _table.Find(1)!.Status);
        }

        [Fact]
        public void Refuses_it_by_an_event_of_an_earlier_era_too_which_says_no_more_what_is()
        {
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            _table.Begin(2);
            Assert.True(_table.Keep(1, Up(3), new ReadStamp(2, 0)).IsOutdated);
            Assert.Null(_table.Find(1));
            Assert.False(_table.Keep(1, Up(5), new ReadStamp(2, 0)).IsOutdated);
            Assert.Equal(Up(5), _table.Find(1));
        }

        [Fact]
        public void Takes_an_answer_that_is_as_new_as_the_last_event()
        {
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.False(_table.Keep(1, new StatusEntry(Status.Deactivated, 4, 9), First).IsOutdated);
            Assert.Equal(9, _table.Find(1)!.ReadAt);
        }

        [Fact]
        public void Lets_a_newer_answer_win_over_what_was_heard_while_reading()
        {
            _table.BeginRead([1]);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.False(_table.Keep(1, Up(5), First).IsOutdated);
            Assert.Equal(Status.Active, _table.Find(1)!.Status);
        }

        [Fact]
        public void Remembers_what_was_heard_for_each_of_two_reads()
        {
            _table.BeginRead([1]);
            _table.BeginRead([1]);
            _table.Keep(1, Up(3), First);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.True(_table.Keep(1, Up(3), First).IsOutdated);
        }

        [Fact]
        public void Never_goes_back_to_an_older_version()
        {
            Read(1, Up(5));
            Assert.True(_table.Keep(1, new StatusEntry(Status.Suspended, 4, 0), First).IsOutdated);
            Assert.Equal(Up(5), _table.Find(1));
        }

        [Fact]
        public void Answers_but_holds_nothing_of_another_era()
        {
            _table.BeginRead([1]);
            _table.Begin(2);
            Assert.Equal(new KeptRead(Up(3), IsOutdated: false), _table.Keep(1, Up(3), First));
            Assert.Null(_table.Find(1));
            Assert.Equal(new KeptRead(Up(3), IsOutdated: false), _table.Keep(1, Up(3), default));
            Assert.Null(_table.Find(1));
        }

        [Fact]
        public void Answers_but_holds_nothing_that_was_asked_for_before_a_break()
        {
            var asked = _table.Stamp();
            _table.ForgetReads();
            Assert.Equal(new KeptRead(Up(3), IsOutdated: false), _table.Keep(1, Up(3), asked));
            Assert.Null(_table.Find(1));
            _table.Keep(1, Up(3), _table.Stamp());
            Assert.Equal(Up(3), _table.Find(1));
        }

        private StatusEntry Read(long id, StatusEntry entry)
        {
            _table.BeginRead([id]);
            _table.Keep(id, entry, First);
            return _table.Find(id)!;
        }
    }

    public sealed class Apply
    {
        private readonly StatusTable _table = New(capacity: 100);

        [Fact]
        public void Corrects_what_is_held_and_takes_no_place_for_the_rest()
        {
            _table.Keep(1, Up(3), First);
            _table.Apply(Event(1, 4, Status.Suspended), 7);
            _table.Apply(Event(2, 1, Status.Active), 7);
            Assert.Equal(new StatusEntry(Status.Suspended, 4, 7), _table.Find(1));
            Assert.Equal(1, _table.Count);
        }

        [Fact]
        public void Tells_of_an_account_that_is_asked_for_later()
        {
            _table.Apply(Event(2, 1, Status.Active), 7);
            _table.Apply(Event(2, 2, Status.Suspended), 8);
            Assert.Equal(new StatusEntry(Status.Suspended, 2, 8), _table.Find(2));
            Assert.Equal(1, _table.Count);
            _table.Apply(Event(2, 3, Status.Active), 9);
            Assert.Equal(Status.Active, _table.Find(2)!.Status);
        }

        [Fact]
        public void Tells_of_nothing_once_events_may_have_been_missed()
        {
            _table.Apply(Event(2, 1, Status.Active), 7);
            _table.Begin(0);
            Assert.Null(_table.Find(2));
            _table.Begin(2);
            Assert.Null(_table.Find(2));
        }

        [Fact]
        public void Remembers_the_last_accounts_that_had_an_event_and_no_more_than_twice_as_many()
        {
            var table = new StatusTable(capacity: 10_000, recentEvents: 100);
            table.Begin(1);
            for (var id = 1; id <= 1000; id++)
            {
                table.Apply(Event(id, 4, Status.Deactivated), 0);
            }

            var refused = Enumerable.Range(1, 1000).Where(id => table.Keep(id, Up(3), First).IsOutdated).ToList();
            Assert.Equal(Enumerable.Range(901, 100), refused.TakeLast(100));
            Assert.InRange(refused.Count, 100, 200);
        }

        [Fact]
        public void Never_forgets_an_account_that_is_being_read()
        {
            var table = new StatusTable(capacity: 10_000, recentEvents: 2);
            table.Begin(1);
            table.BeginRead([1]);
            for (var id = 1; id <= 100; id++)
            {
                table.Apply(Event(id, 4, Status.Deactivated), 0);
            }

            Assert.True(table.Keep(1, Up(3), First).IsOutdated);
            Assert.Equal(Status.Deactivated, table.Find(1)!.Status);
        }

        [Fact]
        public void Registers_an_account_that_was_not()
        {
            _table.Keep(1, new StatusEntry(null, 0, 0), First);
            _table.Apply(Event(1, 1, Status.Active), 0);
            Assert.Equal(Status.Active, _table.Find(1)!.Status);
        }

        [Fact]
        public void Passes_over_what_is_older_than_what_is_held()
        {
            _table.Keep(1, Up(5), First);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.Equal(Status.Active, _table.Find(1)!.Status);
        }

        [Fact]
        public void Reaches_the_old_generation_too()
        {
            for (var id = 1; id <= 60; id++)
            {
                _table.Keep(id, Up(3), First);
            }

            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.Equal(Status.Deactivated, _table.Find(1)!.Status);
        }
    }

    public sealed class ForgetReads
    {
        private readonly StatusTable _table = New(capacity: 100);

        [Fact]
        public void Drops_what_was_read_and_keeps_what_events_said()
        {
            _table.Keep(1, Up(3), First);
            _table.Keep(2, Up(3), First);
            _table.Apply(Event(2, 4, Status.Deactivated), 0);
            _table.Apply(Event(3, 4, Status.Suspended), 0);
            _table.ForgetReads();
            Assert.Equal(0, _table.Count);
            Assert.Null(_table.Find(1));
            Assert.Equal((Status.Deactivated, Status.Suspended), (_table.Find(2)!.Status, _table.Find(3)!.Status));
        }

        [Fact]
        public void Lets_no_event_be_forgotten_for_a_read_under_way()
        {
            _table.BeginRead([1]);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            _table.ForgetReads();
            Assert.True(_table.Keep(1, Up(3), First).IsOutdated);
            Assert.Equal(Status.Deactivated, _table.Find(1)!.Status);
        }
    }

    public sealed class Capacity
    {
        [Fact]
        public void Is_never_exceeded_and_what_is_asked_for_stays()
        {
            var table = New(capacity: 100);
            for (var id = 1; id <= 10_000; id++)
            {
                table.Keep(id, Up(1), First);
                Assert.NotNull(table.Find(1));
                Assert.InRange(table.Count, 1, 100);
            }
        }
    }

    /// <summary>Of the first era, before any connection broke.</summary>
    private static readonly ReadStamp First = new(1, 0);

    private static StatusTable New(int capacity)
    {
        var table = new StatusTable(capacity);
        table.Begin(1);
        return table;
    }

    private static StatusEntry Up(long version) => new(Status.Active, version, 0);

    private static WatchEventsResponse Event(long account, long sequence, Status status) =>
        new() { Account = account, Sequence = sequence, Status = status };
}
