using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite.Tests;

public static class WriterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<FollowResult> FollowAsync(IStore store, long account, int from, int count) =>
        store.Ledger.ApplyAsync(
        new AccountId(account),
        [.. Enumerable.Range(from, count).Select(static f => new FollowChange(new AccountId(f), true))],
        SampleStream.Day, Stop);

    public sealed class Overload
    {
        [Fact]
        public async Task A_full_queue_refuses_at_once_and_what_was_queued_is_written()
        {
            await using var fixture =
                await SqliteFixture.StartAsync(
                    static o => o with { WriterQueueDepth = 1000, RetryAfter = TimeSpan.FromSeconds(3) });
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var queued = Enumerable.Range(1, 1000)
                .Select(id => fixture.Store.Journal.AppendAsync(new SampleStream(id).Next(), Stop)).ToArray();
            var refused = await Assert.ThrowsAsync<StorageOverloadedException>(
                () => fixture.Store.Journal.AppendAsync(new SampleStream(1001).Next(), Stop));
            Assert.Equal(TimeSpan.FromSeconds(3), refused.RetryAfter);
            await hold.DisposeAsync();
            Assert.All(await Task.WhenAll(queued), static r => Assert.Equal(AppendResult.Appended, r));
            Assert.Equal(1000, await fixture.Store.Feed.ReadHeadAsync(Stop));
            Assert.Equal(AppendResult.Appended,
                await fixture.Store.Journal.AppendAsync(new SampleStream(1001).Next(), Stop));
        }

        [Fact]
        public async Task Follow_batches_have_a_bound_of_their_own()
        {
            await using var fixture =
                await SqliteFixture.StartAsync(static o => o with { FollowQueueChanges = 10_000 });
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var queued = FollowAsync(fixture.Store, 1, 1, 9_000);
            await Assert.ThrowsAsync<StorageOverloadedException>(() => FollowAsync(fixture.Store, 2, 1, 1_001));
            var fits = FollowAsync(fixture.Store, 2, 1, 998);
            var command = fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            await hold.DisposeAsync();
            await Task.WhenAll(queued, fits, command);
            Assert.Equal(0, (await fixture.Store.Ledger.ReadCountAsync(new AccountId(3), Stop)).Count);
            Assert.Equal(998, (await fixture.Store.Ledger.ReadCountAsync(new AccountId(2), Stop)).Count);
        }

        [Fact]
        public async Task A_storm_of_existence_checks_is_refused_and_other_reads_are_answered()
        {
            await using var fixture =
                await SqliteFixture.StartAsync(static o => o with { Readers = 1, ExistsQueueDepth = 8 });
            using var release = new ManualResetEventSlim();
            var busy = fixture.Sqlite.Readers.ReadAsync(
                "Waiting", _ => release.Wait(TimeSpan.FromSeconds(30), Stop), Stop);
            var id = new SampleStream(1).Id;
            var checks = Enumerable.Range(0, 8).Select(_ => fixture.Store.Journal.ExistsAsync(id, Stop).AsTask())
                .ToArray();
            await Assert.ThrowsAsync<StorageOverloadedException>(
                () => fixture.Store.Journal.ExistsAsync(id, Stop).AsTask());
            var read = fixture.Store.Journal.ReadAsync(id, 1, 1, Stop);
            release.Set();
            await busy;
            Assert.All(await Task.WhenAll(checks), Assert.False);
            Assert.Empty(await read);
            Assert.False(await fixture.Store.Journal.ExistsAsync(id, Stop));
        }

        [Fact]
        public async Task Reads_have_a_bound_too_and_give_their_place_back_when_cancelled()
        {
            await using var fixture =
                await SqliteFixture.StartAsync(
                    static o => o with { Readers = 1, ReadQueueDepth = 2, ExistsQueueDepth = 1 });
            using var release = new ManualResetEventSlim();
            using var source = new CancellationTokenSource();
            var busy = fixture.Sqlite.Readers.ReadAsync(
                "Waiting", _ => release.Wait(TimeSpan.FromSeconds(30), Stop), Stop);
            var waiting = fixture.Store.Ledger.ReadCountAsync(new AccountId(1), source.Token);
            await Assert.ThrowsAsync<StorageOverloadedException>(
                () => fixture.Store.Ledger.ReadCountAsync(new AccountId(1), Stop));
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            var next = fixture.Store.Ledger.ReadCountAsync(new AccountId(1), Stop);
            release.Set();
            await Task.WhenAll(busy, next);
        }
    }

    public sealed class Batching
    {
        [Fact]
        public async Task What_waits_is_committed_together_and_each_stream_keeps_its_order()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var streams = Enumerable.Range(1, 50).Select(static id => new SampleStream(id)).ToArray();
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
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
        }

        [Fact]
        public async Task Only_the_guilty_operation_of_a_batch_fails()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var before = fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            var guilty = new Custom(static _ => throw new InvalidOperationException("a fault"));
            var failing = fixture.Sqlite.Writer.WriteAsync(guilty);
            var follow = FollowAsync(fixture.Store, 7, 1, 100);
            var after = fixture.Store.Journal.AppendAsync(new SampleStream(2).Next(), Stop);
            await hold.DisposeAsync();

            Assert.Equal("a fault", (await Assert.ThrowsAsync<InvalidOperationException>(() => failing)).Message);
            Assert.Equal(AppendResult.Appended, await before);
            Assert.Equal(AppendResult.Appended, await after);
            Assert.All((await follow).Changed, Assert.True);
            Assert.Equal(new FollowerCount(100, 1, SampleStream.Day), (await follow).After);
            Assert.Equal([1L, 2],
                (await fixture.Store.Feed.ReadAfterAsync(0, 10, Stop)).Select(static e => e.Position));
            Assert.Equal(2, guilty.Executions);
        }

        [Fact]
        public async Task Nothing_is_visible_before_the_commit()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var waiting = fixture.Store.Feed.WaitForAsync(0, Stop);
            using var release = new ManualResetEventSlim();
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var append = fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            var stop = fixture.Sqlite.Writer.WriteAsync(new Custom(_ =>
            {
                reached.TrySetResult();
                release.Wait(TimeSpan.FromSeconds(30), Stop);
            }));
            await hold.DisposeAsync();
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);

            // The entry is inserted, its transaction open.
            Assert.Empty(await fixture.Store.Feed.ReadAfterAsync(0, 10, Stop));
            Assert.False(waiting.IsCompleted || append.IsCompleted);
            release.Set();
            await Task.WhenAll(stop, append, waiting);
            Assert.Single(await fixture.Store.Feed.ReadAfterAsync(0, 10, Stop));
        }

        [Fact]
        public async Task Closing_writes_what_was_queued_and_refuses_what_comes_later()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var store = fixture.Store;
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var queued = Enumerable.Range(1, 500)
                .Select(id => store.Journal.AppendAsync(new SampleStream(id).Next(), Stop)).ToArray();
            var follows = FollowAsync(store, 1, 1, 10_000);
            var closing = fixture.CloseAsync();
            await hold.DisposeAsync();
            await closing;
            Assert.All(await Task.WhenAll(queued), static r => Assert.Equal(AppendResult.Appended, r));
            Assert.Equal(10_000, (await follows).After.Count);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => store.Journal.AppendAsync(new SampleStream(1).Next(), Stop));
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => store.Ledger.ReadCountAsync(new AccountId(1), Stop));
            Assert.False(File.Exists(fixture.DatabasePath + "-wal"));
            await fixture.OpenAsync();
            Assert.Equal(500, await fixture.Store.Feed.ReadHeadAsync(Stop));
        }
    }

    /// <summary>The queue alone: what it hands out as the next transaction.</summary>
    public sealed class Fairness
    {
        private readonly WriteQueue _queue =
            new(new SqliteStorageOptions { DataDirectory = "unused", FollowQueueChanges = 1_000_000 });

        [Fact]
        public void A_command_never_waits_behind_more_than_one_large_follow_batch()
        {
            Add(Follow(10_000), Follow(10_000), Follow(10_000));
            Add(Command(), Command());
            Assert.Equal("cc", Take());
            Add(Command());
            Assert.Equal("F", Take());
            Assert.Equal("c", Take());
            Assert.Equal("F", Take());
            Assert.Equal("F", Take());
        }

        [Fact]
        public void Small_follow_batches_travel_with_commands()
        {
            Add(Follow(1), Follow(2), Command(), Follow(3));
            Assert.Equal("cFFF", Take());
        }

        [Fact]
        public void Follows_beside_commands_are_bounded_and_go_on_next_time()
        {
            Add([.. Enumerable.Range(0, 30).Select(static _ => Follow(100))]);
            Add(Command());
            Assert.Equal("c" + new string('F', WriteQueue.FollowRowsBesideCommands / 101), Take());
            Add(Command());
            Assert.StartsWith("cFF", Take(), StringComparison.Ordinal);
        }

        [Fact]
        public void A_transaction_has_a_bounded_number_of_operations_and_follows()
        {
            Add([.. Enumerable.Range(0, 1500).Select(static _ => Command())]);
            Assert.Equal(1024, Take().Length);
            Assert.Equal(476, Take().Length);
            Add([.. Enumerable.Range(0, 25).Select(static _ => Follow(1000))]);
            Assert.Equal(9, Take().Length);
            Assert.Equal(9, Take().Length);
            Assert.Equal(7, Take().Length);
        }

        [Fact]
        public void Lone_follows_of_many_accounts_share_a_transaction_as_large_as_one_accounts_batch()
        {
            Add([.. Enumerable.Range(0, 8_000).Select(static _ => Follow(1))]);
            Assert.Equal(WriteQueue.FollowRowsAlone / 2, Take().Length);
            Assert.Equal(8_000 - (WriteQueue.FollowRowsAlone / 2), Take().Length);
        }

        [Fact]
        public void A_closed_queue_hands_out_what_it_holds_and_then_ends()
        {
            Add(Command());
            _queue.Close();
            Assert.Throws<StorageUnavailableException>(() => _queue.TryAdd(Command()));
            Assert.Equal("c", Take());
            Assert.False(_queue.Take([]));
        }

        private static AppendOperation Command() => new(new SampleStream(1).Next());

        private static FollowOperation Follow(int changes) =>
            new(new AccountId(1),
                [.. Enumerable.Range(1, changes).Select(static f => new FollowChange(new AccountId(f), true))],
                SampleStream.Day);

        private void Add(params IDatabaseWrite[] operations) =>
            Assert.All(operations, o => Assert.True(_queue.TryAdd(o)));

        private string Take()
        {
            var batch = new List<IDatabaseWrite>();
            Assert.True(_queue.Take(batch));
            return string.Concat(batch.Select(static o => o.IsFollow ? 'F' : 'c'));
        }
    }
}
