using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>Several stores on one database, as several silos are.</summary>
public static class SiloTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task WithSilosAsync(int count, PostgresFixture fixture, Func<PostgresStore[], Task> test,
        Func<PostgresStorageOptions, PostgresStorageOptions>? change = null)
    {
        var silos = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => fixture.OpenAnotherAsync(change)));
        try
        {
            await test(silos);
        }
        finally
        {
            await Task.WhenAll(silos.Select(static s => s.DisposeAsync().AsTask()));
        }
    }

    public sealed class Fence
    {
        [Fact]
        public async Task Of_two_silos_exactly_one_wins_each_sequence_and_the_other_meets_a_conflict()
        {
            const int Rounds = 30;
            await using var fixture = await PostgresFixture.StartAsync();
            await WithSilosAsync(2, fixture, async silos =>
            {
                for (var version = 0; version < Rounds; version++)
                {
                    var appends = silos.Select((_, silo) =>
                    {
                        var stream = new SampleStream(1);
                        for (var i = 0; i < version; i++)
                        {
                            stream.Next();
                        }

                        return stream.Next(change: e => e with { RequestId = $"silo:{silo}" });
                    }).ToArray();
                    var results = await Task.WhenAll(
                        silos.Zip(appends).Select(p => p.First.Journal.AppendAsync(p.Second, Stop)));
                    Assert.Equal([AppendResult.Appended, AppendResult.Conflict], results.Order());
                    var winner = Array.IndexOf(results, AppendResult.Appended);
                    Assert.Equal($"silo:{winner}",
                        (await fixture.Store.Journal.ReadAsync(
                            new SampleStream(1).Id, version + 1, 1, Stop))[0].RequestId);
                }

                Assert.Equal(Rounds, await fixture.Store.Feed.ReadHeadAsync(Stop));
            });
        }

        [Fact]
        public async Task An_entry_written_past_the_lock_is_met_at_the_key_and_is_a_conflict_for_its_stream_alone()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            await using var outsider = await fixture.ConnectAsync();
            await using var transaction = await outsider.BeginTransactionAsync(Stop);
            await using (var insert = outsider.CreateCommand())
            {
                insert.CommandText =
                    """
                    INSERT INTO journal (position, stream, sequence, at, actor_kind, actor, type, type_version, payload, hash)
                    VALUES (1, 'a/1', 1, 0, 3, 'system', 'x', 1, '', sha256(''))
                    """;
                await insert.ExecuteNonQueryAsync(Stop);
            }

            var hold = await AppendHold.OnAsync(fixture);
            var first = fixture.Store.Journal.AppendAsync(new SampleStream(9).Next(), Stop);
            await AppendHold.WaitedForAsync(fixture);
            await hold.DisposeAsync();

            // The insert meets the outsider's key and waits for its transaction to end.
            await BlockedAsync(fixture);
            var (loser, beside) = (fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop),
                fixture.Store.Journal.AppendAsync(new SampleStream(2).Next(), Stop));
            await transaction.CommitAsync(Stop);
            Assert.Equal([AppendResult.Appended, AppendResult.Conflict, AppendResult.Appended],
                await Task.WhenAll(first, loser, beside));
            Assert.Equal([1L, 2, 3],
                (await fixture.Store.Feed.ReadAfterAsync(0, 10, Stop)).Select(static e => e.Position));
        }

        private static async Task BlockedAsync(PostgresFixture fixture)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while ((long)(await fixture.RunAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid' AND query LIKE '%journal_append%'"))! == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
    }

    public sealed class Positions
    {
        [Fact]
        public async Task Have_no_gap_and_no_reader_misses_an_entry_while_four_silos_append()
        {
            const int Silos = 4, Streams = 8, Appends = 20, Total = Silos * Streams * Appends;
            await using var fixture = await PostgresFixture.StartAsync();
            await WithSilosAsync(Silos, fixture, async silos =>
            {
                // One reads where nothing is written, one where much is.
                var readers = new[] { fixture.Store.Feed, silos[0].Feed }.Select(feed => Task.Run(async () =>
                {
                    var seen = new List<CommittedEntry>();
                    for (var position = 0L; seen.Count < Total; position = seen[^1].Position)
                    {
                        await feed.WaitForAsync(position, Stop);
                        var page = await feed.ReadAfterAsync(position, 13, Stop);
                        Assert.NotEmpty(page);
                        seen.AddRange(page);
                    }

                    return seen;
                }, Stop)).ToArray();
                await Task.WhenAll(
                    silos.SelectMany((silo, s) => Enumerable.Range(0, Streams).Select(i => Task.Run(async () =>
                    {
                        var stream = new SampleStream((s * 100) + i + 1);
                        for (var n = 0; n < Appends; n++)
                        {
                            Assert.Equal(AppendResult.Appended, await silo.Journal.AppendAsync(stream.Next(), Stop));
                        }
                    }))));
                foreach (var seen in await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60), Stop))
                {
                    Assert.Equal(Enumerable.Range(1, Total).Select(static p => (long)p),
                        seen.Select(static e => e.Position));
                    Assert.All(seen.GroupBy(static e => e.Entry.Stream),
                        static s =>
                            Assert.Equal(Enumerable.Range(1, Appends).Select(static n => (long)n),
                                s.Select(static e => e.Entry.Sequence)));
                }
            });
        }

        [Fact]
        public async Task A_commit_of_another_silo_ends_a_wait_by_notification()
        {
            await using var fixture =
                await PostgresFixture.StartAsync(static o => o with { PollInterval = TimeSpan.FromMinutes(1) });
            await WithSilosAsync(1, fixture, async silos =>
            {
                // Whoever listens is not known; a first entry that arrives shows that this one does.
                var stream = new SampleStream(1);
                await silos[0].Journal.AppendAsync(stream.Next(), Stop);
                Assert.Equal(1, await fixture.Store.Feed.ReadHeadAsync(Stop));
                await ListeningAsync(fixture, 2);
                var waiting = fixture.Store.Feed.WaitForAsync(1, Stop);
                await silos[0].Journal.AppendAsync(stream.Next(), Stop);
                await waiting.WaitAsync(TimeSpan.FromSeconds(20), Stop);
            });
        }

        [Fact]
        public async Task A_commit_without_notification_is_found_all_the_same()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            await ListeningAsync(fixture, 1);
            var waiting = fixture.Store.Feed.WaitForAsync(0, Stop);
            await fixture.RunAsync(
                """
                INSERT INTO journal (position, stream, sequence, at, actor_kind, actor, type, type_version, payload, hash)
                VALUES (1, 'a/1', 1, 0, 3, 'system', 'x', 1, '', sha256(''))
                """);
            await waiting.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        }

        [Fact]
        public async Task A_listener_that_lost_its_connection_gets_another()
        {
            await using var fixture =
                await PostgresFixture.StartAsync(static o => o with { PollInterval = TimeSpan.FromMilliseconds(50) });
            await ListeningAsync(fixture, 1);
            await fixture.RunAsync(
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'accountgrid {fixture.Schema} feed'");
            var waiting = fixture.Store.Feed.WaitForAsync(0, Stop);
            await using var other = await fixture.OpenAnotherAsync();
            await other.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            await waiting.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        }

        /// <summary>
        /// The store opens before its listener does: its first look at the head shows that it listens.
        /// </summary>
        private static async Task ListeningAsync(PostgresFixture fixture, int silos)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var listening =
                $"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'accountgrid {fixture.Schema} feed' AND query NOT LIKE 'LISTEN%' AND state = 'idle'";
            while ((long)(await fixture.RunAsync(listening))! < silos)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
    }

    public sealed class Follows
    {
        [Fact]
        public async Task Scattered_batches_of_six_writers_never_deadlock_and_every_count_is_exact()
        {
            const int Accounts = 40, Batches = 60;
            await using var fixture = await PostgresFixture.StartAsync();
            var (log, moved) = (new LogKeeper(), new ConcurrentDictionary<long, long>());
            var stores = Enumerable.Range(0, 3)
                .Select(
                    _ => new PostgresStore(
                        fixture.Options with { FollowWriters = 2 }, TimeProvider.System, meters: null, log)).ToArray();
            try
            {
                await Task.WhenAll(stores.Select(static s => s.OpenAsync(Stop)));
                await Task.WhenAll(stores.Select((store, s) => Task.Run(async () =>
                {
                    var random = new Random(20171102 + s);
                    for (var batch = 0; batch < Batches; batch++)
                    {
                        // All at once, so that they share transactions; in an order of their own, and many followers in
                        // common.
                        var work = Enumerable.Range(1, Accounts)
                            .Select(a => (Account: (long)a, Changes: Changes(random))).ToArray();
                        random.Shuffle(work);
                        await Task.WhenAll(work.Select(async w =>
                        {
                            var result = await store.Ledger.ApplyAsync(
                                new AccountId(w.Account), w.Changes, SampleStream.Day, Stop);
                            var sum = w.Changes.Zip(result.Changed)
                                .Sum(static c => !c.Second ? 0L : c.First.Follows ? 1 : -1);
                            moved.AddOrUpdate(w.Account, sum, (_, before) => before + sum);
                        }));
                    }
                })));
            }
            finally
            {
                await Task.WhenAll(stores.Select(static s => s.DisposeAsync().AsTask()));
            }

            Assert.DoesNotContain(log.Lines, static l => l.Text.Contains("contention", StringComparison.Ordinal));
            for (var account = 1; account <= Accounts; account++)
            {
                var count = (await fixture.Store.Ledger.ReadCountAsync(new AccountId(account), Stop)).Count;
                Assert.Equal(moved[account], count);
                Assert.Equal(count, await fixture.Store.Ledger.CountEdgesAsync(new AccountId(account), Stop));
            }

            static ImmutableArray<FollowChange> Changes(Random random) =>
                [.. Enumerable.Range(0, random.Next(1, 12))
                    .Select(_ => new FollowChange(new AccountId(random.Next(1, 30)), random.Next(2) == 0))];
        }
    }
}
