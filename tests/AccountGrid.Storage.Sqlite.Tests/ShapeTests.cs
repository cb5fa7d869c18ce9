using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AccountGrid.Storage.Sqlite.Tests;

/// <summary>What the store costs, how it finds things, what it tells, and how it is registered.</summary>
public static class ShapeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public sealed class Size
    {
        [Fact]
        public async Task A_follow_edge_takes_at_most_40_bytes_in_random_order()
        {
            const int Edges = 200_000;
            await using var fixture = await SqliteFixture.StartAsync();
            var random = new Random(20171102);
            var empty = await ClosedSizeAsync(fixture);
            for (var batch = 0; batch < Edges / 10_000; batch++)
            {
                var changes = Enumerable.Range(0, 10_000)
                    .Select(_ => new FollowChange(new AccountId(random.NextInt64(1, 4_000_000_000)), true));
                await fixture.Store.Ledger.ApplyAsync(new AccountId(25073877), [.. changes], SampleStream.Day, Stop);
            }

            var count = (await fixture.Store.Ledger.ReadCountAsync(new AccountId(25073877), Stop)).Count;
            Assert.InRange((await ClosedSizeAsync(fixture) - empty) / (double)count, 1, 40);
        }

        /// <summary>
        /// The payload here is 150 bytes, about what a takedown with a ticket and a short note makes.
        /// </summary>
        [Fact]
        public async Task A_transition_takes_at_most_425_bytes_with_its_payload_its_MAC_and_its_part_of_every_index()
        {
            const int Accounts = 2_000, Transitions = 10;
            await using var fixture = await SqliteFixture.StartAsync();
            var random = new Random(20171102);
            var streams = Enumerable.Range(0, Accounts)
                .Select(_ => new SampleStream(random.NextInt64(1, 4_000_000_000))).DistinctBy(static s => s.Id)
                .ToArray();
            await Task.WhenAll(streams.Select(s => fixture.Store.Journal.AppendAsync(Transition(s, random), Stop)));
            var before = await ClosedSizeAsync(fixture);
            for (var i = 0; i < Transitions; i++)
            {
                random.Shuffle(streams);
                await Task.WhenAll(streams.Select(s => fixture.Store.Journal.AppendAsync(Transition(s, random), Stop)));
            }

            Assert.InRange((await ClosedSizeAsync(fixture) - before) / (double)(streams.Length * Transitions), 150,
                425);
        }

        private static JournalAppend Transition(SampleStream stream, Random random)
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            var person = OperatorId.Parse(string.Create(CultureInfo.InvariantCulture, $"support.{random.Next(300)}"));
            var append = stream.Next(
                harm: stream.Version % 2 == 0 ? new BudgetMark(person, null, 5_400) : null, change: e => e with
                {
                    Actor = Actor.Operator(person),
                    Payload = Encoding.UTF8.GetBytes(new string('x', 150)),
                    TraceId = Convert.ToHexStringLower(bytes.AsSpan(0, 16)),
                    RequestId = new Guid(bytes.AsSpan(16)).ToString("D"),
                    RequestDigest = Convert.ToHexStringLower(bytes),
                });
            return append with { Entries = [append.Entries[0] with { Mac = bytes.AsMemory(0, JournalMacs.Length) }] };
        }

        private static async Task<long> ClosedSizeAsync(SqliteFixture fixture)
        {
            await fixture.ReopenAsync();
            Assert.Equal(0, new FileInfo(fixture.DatabasePath + "-wal").Length);
            return new FileInfo(fixture.DatabasePath).Length;
        }
    }

    public sealed class Plans
    {
        [Theory]
        [InlineData(null, null, null, "SEARCH a USING INTEGER PRIMARY KEY (rowid>?)")]
        [InlineData(AccountStatus.Suspended, null, null,
            "SEARCH a USING COVERING INDEX account_index_down (status=? AND rowid>?)")]
        [InlineData(null, null, "al", "SEARCH a USING COVERING INDEX account_index_handle (handle>? AND handle<?)")]
        [InlineData(null, Tier.Protected, null, "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)")]
        public async Task A_listing_is_found_by_the_index_that_fits(
            AccountStatus? status, Tier? tier, string? prefix, string expected)
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var plan = await PlanAsync(
                fixture, AccountListing.SqlOf(
                    new AccountFilter(status, tier, prefix, 1_000_000), prefixIsCommon: false));
            Assert.Contains(expected, plan);
        }

        [Theory]
        [InlineData(
            "SELECT account FROM account_index WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at, account LIMIT ?", "account_index_due")]
        [InlineData("SELECT at, harm_reach FROM journal WHERE harm_by = ? AND at > ? ORDER BY at, position",
            "journal_harm_by")]
        [InlineData("SELECT 1 FROM journal WHERE harm_approved_by = ? AND at >= ?", "journal_harm_approved_by")]
        [InlineData("SELECT account FROM follower_count WHERE count >= 100000 AND count >= ?", "follower_count_large")]
        [InlineData("SELECT operator FROM operator_index WHERE freeze_pending = 1 ORDER BY operator LIMIT ?",
            "operator_index_freeze")]
        [InlineData("SELECT position FROM journal WHERE position < ? AND actor = ? ORDER BY position DESC LIMIT ?",
            "journal_actor")]
        public async Task A_question_is_answered_from_its_index_without_a_sort(string sql, string index)
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var plan = await PlanAsync(fixture, sql);
            Assert.Contains(index, Assert.Single(plan), StringComparison.Ordinal);
        }

        private static Task<List<string>> PlanAsync(SqliteFixture fixture, string sql) =>
            fixture.Sqlite.Readers.ReadAsync(
            "Explaining", d => Rows.Read(d.Use("EXPLAIN QUERY PLAN " + sql), static row => row.Text(3)).ToList(), Stop);
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
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                    ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = a =>
                {
                    lock (spans)
                    {
                        spans.Add(a);
                    }
                },
            };
            ActivitySource.AddActivityListener(listener);
            await using var fixture = await SqliteFixture.StartAsync();
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var contexts = new List<ActivityContext>();
            var appends = new List<Task>();
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
                commit = Assert.Single(
                    spans, s => s.OperationName == "storage commit" && s.Links.Any(l => l.Context == contexts[0]));
            }

            Assert.Equal(contexts, commit.Links.Select(static l => l.Context));
            Assert.Equal(3, commit.GetTagItem("db.operation.batch.size"));
            Assert.Equal(9, commit.GetTagItem("accountgrid.storage.rows"));
            Assert.Equal("sqlite", commit.GetTagItem("db.system.name"));
        }

        [Fact]
        public async Task Commits_failures_refusals_and_depth_are_measured()
        {
            var directory = Directory.CreateTempSubdirectory("accountgrid-").FullName;
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
            await using (var store =
                new SqliteStore(new SqliteStorageOptions { DataDirectory = directory, WriterQueueDepth = 2 },
                    TimeProvider.System, factory))
            {
                await store.OpenAsync(Stop);
                var hold = await WriterHold.OnAsync(store);
                var queued = store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
                var failing = store.Writer.WriteAsync(
                    new Custom(static d => d.Execute("INSERT INTO follower VALUES (1, 1), (1, 1)")));
                await Assert.ThrowsAsync<StorageOverloadedException>(
                    () => store.Journal.AppendAsync(new SampleStream(2).Next(), Stop));
                listener.RecordObservableInstruments();
                await hold.DisposeAsync();
                await queued;
                await Assert.ThrowsAsync<StorageUnavailableException>(() => failing);
            }

            Directory.Delete(directory, recursive: true);
            Assert.Contains(("accountgrid.storage.queue.depth", 2, "commands"), seen);
            Assert.Contains(("accountgrid.storage.queue.depth", 0, "follows"), seen);
            Assert.Contains(("accountgrid.storage.refused", 1, "commands"), seen);
            Assert.Contains(("accountgrid.storage.failures", 1, "constraint"), seen);
            Assert.Contains(("accountgrid.storage.commit.operations", 1, null), seen);
            Assert.Contains(("accountgrid.storage.commit.rows", 2, null), seen);
            Assert.Contains(
                seen, static m => m.Name == "accountgrid.storage.commit.duration" && m.Value is > 0 and < 60);

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
            await using var fixture = new SqliteFixture();
            await using var services = new ServiceCollection().AddSqliteStorage(fixture.Options).BuildServiceProvider();
            var journal = services.GetRequiredService<IJournal>();
            var lifetime = Assert.IsAssignableFrom<IHostedLifecycleService>(
                Assert.Single(services.GetServices<IHostedService>()));
            Assert.Throws<InvalidOperationException>(
                () => { _ = journal.ReadAsync(new SampleStream(1).Id, 1, 1, Stop); });
            await lifetime.StartingAsync(Stop);
            Assert.Equal(AppendResult.Appended, await journal.AppendAsync(new SampleStream(1).Next(), Stop));
            Assert.Equal(1, await services.GetRequiredService<IJournalFeed>().ReadHeadAsync(Stop));
            Assert.Single(await services.GetRequiredService<IStreamIndex>()
                .ListAccountsAsync(new AccountFilter(null, null, null, 1), 0, 10, Stop));
            Assert.Empty(await services.GetRequiredService<IHarmLog>()
                .ReadChargesAsync(Actor.Operator(OperatorId.Parse("kim")), SampleStream.Day, Stop));
            Assert.Equal(0,
                (await services.GetRequiredService<IFollowerLedger>().ReadCountAsync(new AccountId(1), Stop)).Count);
            Assert.Null(await services.GetRequiredService<ICheckpointStore>().ReadLastAsync(Stop));
            await (await services.GetRequiredService<IAuditSource>().OpenAsync(Stop)).DisposeAsync();
            await lifetime.StoppingAsync(Stop);
            await lifetime.StopAsync(Stop);
            Assert.True(await journal.ExistsAsync(new SampleStream(1).Id, Stop));
            await lifetime.StoppedAsync(Stop);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => journal.AppendAsync(new SampleStream(2).Next(), Stop));
        }

        [Fact]
        public void A_bad_setting_fails_where_it_is_given() =>
            Assert.Throws<ArgumentOutOfRangeException>(
                () => new ServiceCollection().AddSqliteStorage(
                    new SqliteStorageOptions { DataDirectory = "data", Readers = 0 }));
    }
}
