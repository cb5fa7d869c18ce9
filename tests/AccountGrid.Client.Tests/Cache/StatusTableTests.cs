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
        public void Lets_what_was_heard_while_reading_win_over_an_older_answer()
        {
            _table.BeginRead([1]);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.Equal(Status.Deactivated, _table.Keep(1, Up(3), era: 1).Status);
            Assert.Equal(Status.Deactivated, _table.Find(1)!.Status);
        }

        [Fact]
        public void Lets_a_newer_answer_win_over_what_was_heard_while_reading()
        {
            _table.BeginRead([1]);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.Equal(Status.Active, _table.Keep(1, Up(5), era: 1).Status);
        }

        [Fact]
        public void Remembers_what_was_heard_for_each_of_two_reads()
        {
            _table.BeginRead([1]);
            _table.BeginRead([1]);
            _table.Keep(1, Up(3), era: 1);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.Equal(Status.Deactivated, _table.Keep(1, Up(3), era: 1).Status);
        }

        [Fact]
        public void Never_goes_back_to_an_older_version()
        {
            Read(1, Up(5));
            Assert.Equal(5, Read(1, new StatusEntry(Status.Suspended, 4, 0)).Version);
        }

        [Fact]
        public void Answers_but_holds_nothing_of_another_era()
        {
            _table.BeginRead([1]);
            _table.Begin(2);
            Assert.Equal(Status.Active, _table.Keep(1, Up(3), era: 1).Status);
            Assert.Null(_table.Find(1));
            Assert.Equal(Status.Active, _table.Keep(1, Up(3), era: 0).Status);
            Assert.Null(_table.Find(1));
        }

        private StatusEntry Read(long id, StatusEntry entry)
        {
            _table.BeginRead([id]);
            _table.Keep(id, entry, era: 1);
            return _table.Find(id)!;
        }
    }

    public sealed class Apply
    {
        private readonly StatusTable _table = New(capacity: 100);

        [Fact]
        public void Corrects_what_is_held_and_takes_no_place_for_the_rest()
        {
            _table.Keep(1, Up(3), era: 1);
            _table.Apply(Event(1, 4, Status.Suspended), 7);
            _table.Apply(Event(2, 1, Status.Active), 7);
            Assert.Equal(new StatusEntry(Status.Suspended, 4, 7), _table.Find(1));
            Assert.Equal((null, 1), (_table.Find(2), _table.Count));
        }

        [Fact]
        public void Registers_an_account_that_was_not()
        {
            _table.Keep(1, new StatusEntry(null, 0, 0), era: 1);
            _table.Apply(Event(1, 1, Status.Active), 0);
            Assert.Equal(Status.Active, _table.Find(1)!.Status);
        }

        [Fact]
        public void Passes_over_what_is_older_than_what_is_held()
        {
            _table.Keep(1, Up(5), era: 1);
            _table.Apply(Event(1, 4, Status.Deactivated), 0);
            Assert.Equal(Status.Active, _table.Find(1)!.Status);
        }

        [Fact]
        public void Reaches_the_old_generation_too()
        {
            for (var id = 1; id <= 60; id++)
            {
                _table.Keep(id, Up(3), era: 1);
            }

            _table.Apply(Event(1, 4, Status.Deactivated), 0);
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
                table.Keep(id, Up(1), era: 1);
                Assert.NotNull(table.Find(1));
                Assert.InRange(table.Count, 1, 100);
            }
        }
    }

    private static StatusTable New(int capacity)
    {
        var table = new StatusTable(capacity);
        table.Begin(1);
        return table;
    }

    private static StatusEntry Up(long version) => new(Status.Active, version, 0);

    private static WatchEventsResponse Event(long account, long sequence, Status status) => new() { Account = account, Sequence = sequence, Status = status };
}
