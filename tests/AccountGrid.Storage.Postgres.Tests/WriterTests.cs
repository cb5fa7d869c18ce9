using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres.Tests;

public static class WriterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public sealed class Overload
    {
        [Fact]
        public async Task A_full_queue_refuses_at_once_and_what_was_queued_is_written()
        {
            const int Depth = 100;
            await using var fixture =
                await PostgresFixture.StartAsync(
                    static o => o with { WriterQueueDepth = Depth, RetryAfter = TimeSpan.FromSeconds(3) });
            var hold = await AppendHold.OnAsync(fixture);
            var first = fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            await AppendHold.WaitedForAsync(fixture);
            var queued = Enumerable.Range(2, Depth)
                .Select(id => fixture.Store.Journal.AppendAsync(new SampleStream(id).Next(), Stop)).ToArray();
            var refused = await Assert.ThrowsAsync<StorageOverloadedException>(
                () => fixture.Store.Journal.AppendAsync(new SampleStream(9999).Next(), Stop));
            Assert.Equal(TimeSpan.FromSeconds(3), refused.RetryAfter);
            await hold.DisposeAsync();
            Assert.All(await Task.WhenAll([first, .. queued]), static r => Assert.Equal(AppendResult.Appended, r));
            Assert.Equal(Depth + 1, await fixture.Store.Feed.ReadHeadAsync(Stop));
            Assert.Equal(AppendResult.Appended,
                await fixture.Store.Journal.AppendAsync(new SampleStream(9999).Next(), Stop));
        }

        [Fact]
        public async Task Follow_batches_have_a_bound_of_their_own_and_wait_for_no_command()
        {
            await using var fixture =
                await PostgresFixture.StartAsync(static o => o with { FollowQueueChanges = 10_000 });
            await Follows.AddAsync(fixture.Store.Ledger, 1, 1, 1, Stop);
            var (appendHold, followHold) = (await AppendHold.OnAsync(fixture), await fixture.ConnectAsync());
            await using var transaction = await followHold.BeginTransactionAsync(Stop);
            await using (var command =
                new NpgsqlCommand("SELECT 1 FROM follower_count WHERE account = 1 FOR UPDATE", followHold))
            {
                await command.ExecuteNonQueryAsync(Stop);
            }

            var command1 = fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            await AppendHold.WaitedForAsync(fixture);
            var underWay = Follows.AddAsync(fixture.Store.Ledger, 1, 2, 1, Stop);
            await WaitingForRowAsync(fixture);
            var queued = Follows.AddAsync(fixture.Store.Ledger, 2, 1, 9_000, Stop);
            await Assert.ThrowsAsync<StorageOverloadedException>(
                () => Follows.AddAsync(fixture.Store.Ledger, 3, 1, 1_001, Stop));
            var fits = Follows.AddAsync(fixture.Store.Ledger, 3, 1, 998, Stop);
            await transaction.RollbackAsync(Stop);
            await Task.WhenAll(underWay, queued, fits);
            Assert.False(command1.IsCompleted);
            Assert.Equal((2, 9_000, 998),
                ((await underWay).After.Count, (await queued).After.Count, (await fits).After.Count));
            await appendHold.DisposeAsync();
            Assert.Equal(AppendResult.Appended, await command1);
            await followHold.DisposeAsync();
        }

        [Fact]
        public async Task A_storm_of_existence_checks_is_refused_and_other_reads_are_answered()
        {
            await using var fixture =
                await PostgresFixture.StartAsync(static o => o with { Readers = 1, ExistsQueueDepth = 8 });
            using var release = new CancellationTokenSource();
            var busy = HoldReaderAsync(fixture, release.Token);
            var id = new SampleStream(1).Id;
            var checks = Enumerable.Range(0, 8).Select(_ => fixture.Store.Journal.ExistsAsync(id, Stop).AsTask())
                .ToArray();
            await Assert.ThrowsAsync<StorageOverloadedException>(
                () => fixture.Store.Journal.ExistsAsync(id, Stop).AsTask());
            var read = fixture.Store.Journal.ReadAsync(id, 1, 1, Stop);
            await release.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => busy);
            Assert.All(await Task.WhenAll(checks), Assert.False);
            Assert.Empty(await read);
            Assert.False(await fixture.Store.Journal.ExistsAsync(id, Stop));
        }

        [Fact]
        public async Task Reads_have_a_bound_too_and_give_their_place_back_when_cancelled()
        {
            await using var fixture =
                await PostgresFixture.StartAsync(
                    static o => o with { Readers = 1, ReadQueueDepth = 2, ExistsQueueDepth = 1 });
            using var release = new CancellationTokenSource();
            using var source = new CancellationTokenSource();
            var busy = HoldReaderAsync(fixture, release.Token);
            var waiting = fixture.Store.Ledger.ReadCountAsync(new AccountId(1), source.Token);
            await Assert.ThrowsAsync<StorageOverloadedException>(
                () => fixture.Store.Ledger.ReadCountAsync(new AccountId(1), Stop));
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            var next = fixture.Store.Ledger.ReadCountAsync(new AccountId(1), Stop);
            await release.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => busy);
            await next;
        }

        [Fact]
        public async Task Only_so_many_audit_views_are_open()
        {
            await using var fixture = await PostgresFixture.StartAsync(static o => o with { AuditViews = 1 });
            var view = await fixture.Store.Audit.OpenAsync(Stop);
            await Assert.ThrowsAsync<StorageOverloadedException>(() => fixture.Store.Audit.OpenAsync(Stop));
            await view.DisposeAsync();
            await view.DisposeAsync();
            await using var next = await fixture.Store.Audit.OpenAsync(Stop);
        }

        /// <summary>
        /// A read that lasts until it is cancelled, which also shows that a cancelled one stops in the middle.
        /// </summary>
        private static async Task HoldReaderAsync(PostgresFixture fixture, CancellationToken release) =>
            await fixture.Postgres.Readers.ReadAsync(
                new Query<int>("Waiting", "SELECT 1 FROM pg_sleep(60)", static row => row.GetInt32(0)), release);

        private static async Task WaitingForRowAsync(PostgresFixture fixture)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while ((long)(await fixture.RunAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = $1 AND query LIKE '%followers_apply%'", $"accountgrid {fixture.Schema} writer"))! == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
    }

    public sealed class Batching
    {
        [Fact]
        public async Task What_waits_is_committed_together_and_each_stream_keeps_its_order()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            var streams = Enumerable.Range(1, 50).Select(static id => new SampleStream(id)).ToArray();
            var hold = await AppendHold.OnAsync(fixture);
            var appends =
                streams.SelectMany(
                    stream => Enumerable.Range(0, 3)
                        .Select(_ => fixture.Store.Journal.AppendAsync(stream.Next(), Stop))).ToArray();
            await hold.DisposeAsync();
            Assert.All(await Task.WhenAll(appends), static r => Assert.Equal(AppendResult.Appended, r));
            foreach (var stream in streams)
            {
                EntryAssert.Equal(stream.Entries, await fixture.Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
            }

            // Three for the three of each stream, and one for what came before the rest had gathered.
            Assert.InRange((long)(await fixture.RunAsync("SELECT count(DISTINCT xmin::text) FROM journal"))!, 3, 4);
        }

        [Fact]
        public async Task Closing_writes_what_was_queued_and_refuses_what_comes_later()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            var store = fixture.Store;
            var hold = await AppendHold.OnAsync(fixture);
            var queued = Enumerable.Range(1, 200)
                .Select(id => store.Journal.AppendAsync(new SampleStream(id).Next(), Stop)).ToArray();
            var follows = Follows.AddAsync(store.Ledger, 1, 1, 10_000, Stop);
            var closing = fixture.CloseAsync();
            await hold.DisposeAsync();
            await closing;
            Assert.All(await Task.WhenAll(queued), static r => Assert.Equal(AppendResult.Appended, r));
            Assert.Equal(10_000, (await follows).After.Count);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => store.Journal.AppendAsync(new SampleStream(1).Next(), Stop));
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => store.Ledger.ReadCountAsync(new AccountId(1), Stop));
            await fixture.OpenAsync();
            Assert.Equal(200, await fixture.Store.Feed.ReadHeadAsync(Stop));
        }

        [Fact]
        public async Task What_is_answered_is_durable_and_sees_what_came_before_whatever_the_role_says()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            await fixture.RunAsync(
                """
                CREATE ROLE careless LOGIN SUPERUSER PASSWORD 'careless'; ALTER ROLE careless SET synchronous_commit = off;
                ALTER ROLE careless SET default_transaction_isolation = serializable
                """);
            await using var careless =
                await fixture.OpenAnotherAsync(
                    o =>
                        o with
                        {
                            ConnectionString = fixture.Server.ConnectionString(user: "careless", password: "careless"),
                        });
            await using var connection = await careless.Connections.OpenWriterAsync(Stop);
            await using var command =
                new NpgsqlCommand(
                    "SELECT current_setting('synchronous_commit') || ', ' || current_setting('transaction_isolation')",
                    connection);
            Assert.Equal("on, read committed", await command.ExecuteScalarAsync(Stop));

            // Under one snapshot for the whole statement, whoever waited for the lock would give out positions a second
            // time.
            var hold = await AppendHold.OnAsync(fixture);
            var appends =
                new[] { careless, fixture.Postgres }.Select(
                    (store, i) => store.Journal.AppendAsync(new SampleStream(i + 1).Next(), Stop)).ToArray();
            await AppendHold.WaitedForAsync(fixture, 2);
            await hold.DisposeAsync();
            Assert.All(await Task.WhenAll(appends), static r => Assert.Equal(AppendResult.Appended, r));
        }
    }

    /// <summary>The queue alone: what it hands out as the next transaction.</summary>
    public sealed class Queue
    {
        private readonly WriteQueue<Work> _queue = new(depth: 100, rows: 1000, maxBatch: 4, maxBatchRows: 100);

        [Fact]
        public async Task A_transaction_has_one_operation_of_each_key_and_the_others_stay_first()
        {
            Add(("a", 1), ("a", 2), ("b", 3), ("a", 4));
            Assert.Equal([1, 3], await TakeAsync());
            Add(("c", 5));
            Assert.Equal([2, 5], await TakeAsync());
            Assert.Equal([4], await TakeAsync());
        }

        [Fact]
        public async Task A_transaction_is_bounded_in_operations_and_in_rows_unless_one_alone_is_larger()
        {
            Add(("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 95), ("g", 5), ("h", 200), ("i", 1));
            Assert.Equal([1, 1, 1, 1], await TakeAsync());
            Assert.Equal([1, 95], await TakeAsync());
            Assert.Equal([5], await TakeAsync());
            Assert.Equal([200], await TakeAsync());
            Assert.Equal([1], await TakeAsync());
        }

        [Fact]
        public void A_full_queue_takes_no_more_but_one_operation_always_fits()
        {
            Assert.True(_queue.TryAdd(new("a", 5000)));
            Assert.False(_queue.TryAdd(new("b", 1)));
        }

        [Fact]
        public async Task Several_writers_share_what_waits()
        {
            Add(("a", 60), ("b", 60), ("c", 60));
            var taken = await Task.WhenAll(TakeAsync(), TakeAsync(), TakeAsync())
                .WaitAsync(TimeSpan.FromSeconds(10), Stop);
            Assert.Equal([60, 60, 60], taken.SelectMany(static t => t));
        }

        [Fact]
        public async Task A_writer_that_waits_is_woken_and_a_closed_queue_hands_out_what_it_holds_and_then_ends()
        {
            var waiting = TakeAsync();
            Assert.False(waiting.IsCompleted);
            Add(("a", 1), ("a", 2));
            Assert.Equal([1], await waiting.WaitAsync(TimeSpan.FromSeconds(10), Stop));
            _queue.Close();
            Assert.Throws<StorageUnavailableException>(() => _queue.TryAdd(new("b", 1)));
            Assert.Equal([2], await TakeAsync());
            Assert.False(await _queue.TakeAsync([]));
            Assert.False(await _queue.TakeAsync([]));
        }

        private void Add(params (string Key, int Rows)[] work) =>
            Assert.All(work, w => Assert.True(_queue.TryAdd(new Work(w.Key, w.Rows))));

        private async Task<IReadOnlyList<int>> TakeAsync()
        {
            var batch = new List<Work>();
            Assert.True(await _queue.TakeAsync(batch));
            return [.. batch.Select(static w => w.Rows)];
        }

        internal sealed class Work(string key, int rows) : WriteOperation<bool>, IKeyedWrite
        {
            public string Key => key;

            public override int Rows => rows;

            public override string What => "Testing";
        }
    }
}
