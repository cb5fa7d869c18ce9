using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>What the store costs, how it finds things, what it tells, and how it is registered.</summary>
public static class ShapeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public sealed class Size
    {
        [Fact]
        public async Task A_follow_edge_takes_at_most_110_bytes_in_random_order()
        {
            const int Edges = 100_000;
            await using var fixture = await PostgresFixture.StartAsync();
            var random = new Random(20171102);
            for (var batch = 0; batch < Edges / 10_000; batch++)
            {
                var changes = Enumerable.Range(0, 10_000).Select(_ => new FollowChange(new AccountId(random.NextInt64(1, 4_000_000_000)), true));
                await fixture.Store.Ledger.ApplyAsync(new AccountId(25073877), [.. changes], SampleStream.Day, Stop);
            }

            var count = (await fixture.Store.Ledger.ReadCountAsync(new AccountId(25073877), Stop)).Count;
            var each = await BytesAsync(fixture, "follower") / (double)count;
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each:F0} bytes per edge"));
            Assert.InRange(each, 1, 110);
        }

        /// <summary>The payload here is 150 bytes, about what a takedown with a ticket and a short note makes. The index rows are of the account, not of the transition.</summary>
        [Fact]
        public async Task A_transition_takes_at_most_520_bytes_with_its_payload_and_its_part_of_every_index()
        {
            const int Accounts = 1_000, Transitions = 8;
            await using var fixture = await PostgresFixture.StartAsync();
            var random = new Random(20171102);
            var streams = Enumerable.Range(0, Accounts).Select(_ => new SampleStream(random.NextInt64(1, 4_000_000_000))).DistinctBy(static s => s.Id).ToArray();
            for (var i = 0; i < Transitions; i++)
            {
                random.Shuffle(streams);
                await Task.WhenAll(streams.Select(s => fixture.Store.Journal.AppendAsync(Transition(s, random), Stop)));
            }

            var each = await BytesAsync(fixture, "journal") / (double)(streams.Length * Transitions);
            var row = (long)(await fixture.RunAsync("SELECT pg_relation_size('journal')"))! / (double)(streams.Length * Transitions);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each:F0} bytes per transition, {row:F0} of them the row"));
            Assert.InRange(each, 150, 520);
        }

        private static JournalAppend Transition(SampleStream stream, Random random)
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            var person = OperatorId.Parse(string.Create(CultureInfo.InvariantCulture, $"support.{random.Next(300)}"));
            var append = stream.Next(harm: stream.Version % 2 == 0 ? new BudgetMark(person, null, 5_400) : null, change: e => e with
            {
                Actor = Actor.Operator(person),
                Payload = Encoding.UTF8.GetBytes(new string('x', 150)),
                TraceId = Convert.ToHexStringLower(bytes.AsSpan(0, 16)),
                RequestId = new Guid(bytes.AsSpan(16)).ToString("D"),
                RequestDigest = Convert.ToHexStringLower(bytes),
            });
            return append with { Entries = [append.Entries[0] with { Mac = bytes.AsMemory(0, JournalMacs.Length) }] };
        }

        private static async Task<long> BytesAsync(PostgresFixture fixture, string table) => (long)(await fixture.RunAsync("SELECT pg_total_relation_size($1::regclass)", table))!;
    }

    public sealed class Plans
    {
        [Theory]
        [InlineData("SELECT position FROM journal WHERE position > 7 ORDER BY position LIMIT 10", "journal_position")]
        [InlineData("SELECT position FROM journal WHERE stream = 'a/1' AND sequence >= 3 ORDER BY sequence LIMIT 10", "journal_fence")]
        [InlineData("SELECT position FROM journal WHERE actor = 'support.7'", "journal_actor")]
        [InlineData("SELECT at, harm_reach FROM journal WHERE harm_by = 'support.7' AND at > 0 ORDER BY at", "journal_harm_by")]
        [InlineData("SELECT 1 FROM journal WHERE harm_approved_by = 'support.7' AND at >= 0", "journal_harm_approved_by")]
        [InlineData("SELECT account FROM account_index WHERE due_at IS NOT NULL AND due_at <= 5 ORDER BY due_at, account LIMIT 10", "account_index_due")]
        [InlineData("SELECT account FROM account_index WHERE status <> 1 AND status = 3 ORDER BY account LIMIT 10", "account_index_down")]
        [InlineData("SELECT account FROM account_index WHERE lower(handle) >= 'user_77' AND lower(handle) < 'user_77\u007f'", "account_index_handle")]
        [InlineData("SELECT account FROM follower_count WHERE large AND count >= 1000000", "follower_count_large")]
        [InlineData("SELECT operator FROM operator_index WHERE freeze_pending ORDER BY operator LIMIT 10", "operator_index_freeze")]
        public async Task A_question_is_answered_from_its_index_without_a_sort(string sql, string index)
        {
            await using var fixture = await PostgresFixture.StartAsync();

            // Whether an index can answer, not whether it pays on tables as small as a test's.
            await using var connection = await fixture.ConnectAsync();
            await using var command = new NpgsqlCommand($"SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; EXPLAIN {sql}", connection);
            var plan = new StringBuilder();
            await using var reader = await command.ExecuteReaderAsync(Stop);
            while (await reader.ReadAsync(Stop))
            {
                plan.AppendLine(reader.GetString(0));
            }

            Assert.Contains(index, plan.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Sort", plan.ToString(), StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_count_that_changes_touches_no_index()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            for (var i = 0; i < 50; i++)
            {
                await Follows.AddAsync(fixture.Store.Ledger, 1, 1 + (i * 10), 10, Stop);
            }

            await fixture.CloseAsync();
            await using var connection = await fixture.ConnectAsync();
            await using var command = new NpgsqlCommand("SELECT pg_stat_force_next_flush(); SELECT n_tup_hot_upd = n_tup_upd AND n_tup_upd = 50 FROM pg_stat_user_tables WHERE relid = 'follower_count'::regclass", connection);
            await using var reader = await command.ExecuteReaderAsync(Stop);
            await reader.NextResultAsync(Stop);
            Assert.True(await reader.ReadAsync(Stop));
            Assert.True(reader.GetBoolean(0));
        }
    }

    public sealed class Telemetry
    {
        [Fact]
        public async Task A_commit_is_a_span_linked_to_the_commands_that_it_carries()
        {
            var spans = new List<Activity>();
            using var caller = new ActivitySource("caller");
            using var listener = new ActivityListener
            {
                ShouldListenTo = static s => s.Name is "AccountGrid.Storage" or "caller",
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = a =>
                {
                    lock (spans)
                    {
                        spans.Add(a);
                    }
                },
            };
            ActivitySource.AddActivityListener(listener);
            await using var fixture = await PostgresFixture.StartAsync();
            var hold = await AppendHold.OnAsync(fixture);
            var first = fixture.Store.Journal.AppendAsync(new SampleStream(99).Next(), Stop);
            await AppendHold.WaitedForAsync(fixture);
            var contexts = new List<ActivityContext>();
            var appends = new List<Task> { first };
            for (var id = 1; id <= 3; id++)
            {
                using var activity = caller.StartActivity("command");
                contexts.Add(activity!.Context);
                appends.Add(fixture.Store.Journal.AppendAsync(new SampleStream(id).Next(2), Stop));
            }

            await hold.DisposeAsync();
            await Task.WhenAll(appends);
            await fixture.CloseAsync();
            Activity commit;
            lock (spans)
            {
                // Other tests commit at the same time: ours is the one with our links.
                commit = Assert.Single(spans, s => s.OperationName == "storage commit" && s.Links.Any(l => l.Context == contexts[0]));
            }

            Assert.Equal(contexts, commit.Links.Select(static l => l.Context));
            Assert.Equal(3, commit.GetTagItem("db.operation.batch.size"));
            Assert.Equal(9, commit.GetTagItem("accountgrid.storage.rows"));
            Assert.Equal("postgresql", commit.GetTagItem("db.system.name"));
        }

        [Fact]
        public async Task Commits_failures_refusals_and_depth_are_measured()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            using var factory = new Meters();
            var seen = new List<(string Name, double Value, string? Label)>();
            using var listener = new MeterListener();
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (ReferenceEquals(instrument.Meter, factory.Meter))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<double>((i, v, t, _) => Add(i, v, t));
            listener.SetMeasurementEventCallback<long>((i, v, t, _) => Add(i, v, t));
            listener.SetMeasurementEventCallback<int>((i, v, t, _) => Add(i, v, t));
            listener.Start();
            await using (var store = new PostgresStore(fixture.Options with { WriterQueueDepth = 2 }, TimeProvider.System, factory))
            {
                await store.OpenAsync(Stop);
                var hold = await AppendHold.OnAsync(fixture);
                var first = store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
                await AppendHold.WaitedForAsync(fixture);
                var queued = store.Journal.AppendAsync(new SampleStream(2).Next(), Stop);
                var failing = store.Journal.AppendAsync(new SampleStream(3).Next(harm: new BudgetMark(OperatorId.Parse("kim"), OperatorId.Parse("kim"), 0)), Stop);
                await Assert.ThrowsAsync<StorageOverloadedException>(() => store.Journal.AppendAsync(new SampleStream(4).Next(), Stop));
                listener.RecordObservableInstruments();
                await hold.DisposeAsync();
                await Task.WhenAll(first, queued);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => failing);
            }

            Assert.Contains(("accountgrid.storage.queue.depth", 2, "commands"), seen);
            Assert.Contains(("accountgrid.storage.queue.depth", 0, "follows"), seen);
            Assert.Contains(("accountgrid.storage.refused", 1, "commands"), seen);
            Assert.Contains(("accountgrid.storage.failures", 1, "constraint"), seen);
            Assert.Contains(("accountgrid.storage.commit.operations", 1, null), seen);
            Assert.Contains(("accountgrid.storage.commit.rows", 2, null), seen);
            Assert.Contains(seen, static m => m.Name == "accountgrid.storage.commit.duration" && m.Value is > 0 and < 60);

            void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                lock (seen)
                {
                    seen.Add((instrument.Name, value, tags.IsEmpty ? null : (string?)tags[0].Value));
                }
            }
        }

        private sealed class Meters : IMeterFactory
        {
            public Meter? Meter { get; private set; }

            public Meter Create(MeterOptions options) => Meter = new Meter(options);

            public void Dispose() => Meter?.Dispose();
        }
    }

    public sealed class Registration
    {
        [Fact]
        public async Task The_host_opens_the_store_before_and_closes_it_after_everything_else()
        {
            await using var fixture = await PostgresFixture.ClosedAsync();
            await using var services = new ServiceCollection().AddPostgresStorage(fixture.Options).BuildServiceProvider();
            var journal = services.GetRequiredService<IJournal>();
            var lifetime = Assert.IsAssignableFrom<IHostedLifecycleService>(Assert.Single(services.GetServices<IHostedService>()));
            Assert.Throws<InvalidOperationException>(() => { _ = journal.ReadAsync(new SampleStream(1).Id, 1, 1, Stop); });
            await lifetime.StartingAsync(Stop);
            Assert.Equal(AppendResult.Appended, await journal.AppendAsync(new SampleStream(1).Next(), Stop));
            Assert.Equal(1, await services.GetRequiredService<IJournalFeed>().ReadHeadAsync(Stop));
            Assert.Single(await services.GetRequiredService<IStreamIndex>().ListAccountsAsync(new AccountFilter(null, null, null, 1), 0, 10, Stop));
            Assert.Empty(await services.GetRequiredService<IHarmLog>().ReadChargesAsync(Actor.Operator(OperatorId.Parse("kim")), SampleStream.Day, Stop));
            Assert.Equal(0, (await services.GetRequiredService<IFollowerLedger>().ReadCountAsync(new AccountId(1), Stop)).Count);
            Assert.Null(await services.GetRequiredService<ICheckpointStore>().ReadLastAsync(Stop));
            await (await services.GetRequiredService<IAuditSource>().OpenAsync(Stop)).DisposeAsync();
            await lifetime.StoppingAsync(Stop);
            await lifetime.StopAsync(Stop);
            Assert.True(await journal.ExistsAsync(new SampleStream(1).Id, Stop));
            await lifetime.StoppedAsync(Stop);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => journal.AppendAsync(new SampleStream(2).Next(), Stop));
        }

        [Fact]
        public void A_bad_setting_fails_where_it_is_given() =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddPostgresStorage(new PostgresStorageOptions { ConnectionString = "Host=db", Readers = 0 }));
    }
}
