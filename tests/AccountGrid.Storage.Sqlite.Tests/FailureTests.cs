using System.Diagnostics;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Storage.Sqlite.Tests;

public static class FailureTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static JournalAppend Large(SampleStream stream) =>
        stream.Next(change: static e => e with { Payload = new byte[50_000] });

    /// <summary>Appends large entries until the disk is full; how many went in.</summary>
    private static async Task<(int Appended, StorageUnavailableException Failure)> FillAsync(IStore store)
    {
        for (var id = 1; id < 10_000; id++)
        {
            try
            {
                Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(Large(new SampleStream(id)), Stop));
            }
            catch (StorageUnavailableException e)
            {
                return (id - 1, e);
            }
        }

        throw new InvalidOperationException("The disk never got full.");
    }

    public sealed class Full
    {
        [Fact]
        public async Task A_database_that_may_not_grow_fails_the_command_and_works_again_with_room()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.Sqlite.Writer.WriteAsync(
                new Custom(static d => Assert.Equal(300, d.Scalar("PRAGMA max_page_count = 300"))));
            var (appended, failure) = await FillAsync(fixture.Store);
            Assert.True(failure.IsTransient);
            Assert.False(failure.OutcomeUnknown);
            Assert.Equal(appended, await fixture.Store.Feed.ReadHeadAsync(Stop));
            Assert.Equal("disk full", fixture.Store.Trouble!.Kind);

            // What is small still fits, what is large still fails, together in one transaction.
            var hold = await WriterHold.OnAsync(fixture.Sqlite);
            var large = fixture.Store.Journal.AppendAsync(Large(new SampleStream(20_000)), Stop);
            var small = fixture.Store.Journal.AppendAsync(new SampleStream(20_001).Next(), Stop);
            await hold.DisposeAsync();
            await Assert.ThrowsAsync<StorageUnavailableException>(() => large);
            Assert.Equal(AppendResult.Appended, await small);

            await fixture.Sqlite.Writer.WriteAsync(new Custom(static d => d.Scalar("PRAGMA max_page_count = 100000")));
            Assert.Equal(AppendResult.Appended,
                await fixture.Store.Journal.AppendAsync(Large(new SampleStream(20_000)), Stop));
            Assert.Null(fixture.Store.Trouble);
            Assert.Equal(
                Enumerable.Range(1, appended + 2).Select(static p => (long)p),
                (await fixture.Store.Feed.ReadAfterAsync(0, 100_000, Stop)).Select(static e => e.Position));
        }

        [Fact]
        public async Task A_full_file_system_fails_the_command_loses_nothing_answered_and_works_again_with_room()
        {
            var mount = Directory.CreateTempSubdirectory("accountgrid-").FullName;
            Assert.SkipUnless(await MountAsync(mount), "Mounting a small file system needs root.");
            try
            {
                var options = new SqliteStorageOptions { DataDirectory = mount, CheckpointPages = 100 };
                var ballast = Path.Combine(mount, "ballast");
                await File.WriteAllBytesAsync(ballast, new byte[1 << 20], Stop);
                int appended;
                await using (var store = new SqliteStore(options, TimeProvider.System))
                {
                    await store.OpenAsync(Stop);
                    (appended, var failure) = await FillAsync(store);
                    Assert.True(failure.IsTransient);
                    Assert.Equal(appended, await store.Feed.ReadHeadAsync(Stop));
                    Assert.Equal(appended, (await store.Feed.ReadAfterAsync(0, 100_000, Stop)).Length);

                    File.Delete(ballast);
                    var retried = await store.Journal.AppendAsync(Large(new SampleStream(appended + 1)), Stop);
                    Assert.Equal(AppendResult.Appended, retried);
                }

                await using var reopened = new SqliteStore(options, TimeProvider.System);
                await reopened.OpenAsync(Stop);
                Assert.Equal(appended + 1, (await reopened.Feed.ReadAfterAsync(0, 100_000, Stop)).Length);
            }
            finally
            {
                await RunAsync("umount", mount);
                Directory.Delete(mount);
            }
        }

        private static async Task<bool> MountAsync(string directory) =>
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            && await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory);

        private static async Task<bool> RunAsync(string command, params string[] arguments)
        {
            using var process =
                Process.Start(new ProcessStartInfo(command, arguments)
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                })!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0;
        }
    }

    public sealed class Busy
    {
        [Fact]
        public async Task A_foreign_lock_fails_the_write_as_transient_and_reads_go_on()
        {
            await using var fixture =
                await SqliteFixture.StartAsync(static o => o with { BusyTimeout = TimeSpan.FromMilliseconds(20) });
            var stream = new SampleStream(1);
            var append = stream.Next();
            await using (var connection = new SqliteConnection($"Data Source={fixture.DatabasePath};Pooling=False"))
            {
                await connection.OpenAsync(Stop);
                await using var transaction = connection.BeginTransaction(deferred: false);
                var failure = await Assert.ThrowsAsync<StorageUnavailableException>(
                    () => fixture.Store.Journal.AppendAsync(append, Stop));
                Assert.True(failure.IsTransient);
                Assert.False(failure.OutcomeUnknown);
                Assert.Empty(await fixture.Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
            }

            Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(append, Stop));
        }

        [Fact]
        public async Task A_writer_whose_connection_is_broken_opens_another()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var stream = new SampleStream(1);
            Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(stream.Next(), Stop));
            await Assert.ThrowsAnyAsync<Exception>(
                () => fixture.Sqlite.Writer.WriteAsync(new Custom(static d => d.Dispose())));
            Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(stream.Next(), Stop));
            EntryAssert.Equal(stream.Entries, await fixture.Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
        }
    }

    public sealed class Damage
    {
        [Theory]
        [InlineData("UPDATE journal SET payload = x'00'")]
        [InlineData("DELETE FROM journal")]
        [InlineData("UPDATE checkpoint SET position = 1")]
        [InlineData("DELETE FROM checkpoint")]
        public async Task The_database_itself_refuses_to_change_what_is_written(string sql)
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            await fixture.Store.Checkpoints.AppendAsync(
                new StoredCheckpoint(
                    new Checkpoint(1, 1, new byte[32], default, SampleStream.Day, "k", new byte[64]), default), Stop);
            await using var connection = new SqliteConnection($"Data Source={fixture.DatabasePath};Pooling=False");
            await connection.OpenAsync(Stop);
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            Assert.Contains(
                "is never",
                (await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync(Stop))).Message,
                StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_stream_with_an_impossible_name_is_damage_and_an_impossible_instant_is_shown()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            var tamper = new SqliteTamper(fixture.DatabasePath);
            await tamper.RunAsync(
                "UPDATE journal SET at = 9223372036854775807, trace_id = x'01', request_id = x'0203'");
            var entry = Assert.Single(await fixture.Store.Feed.ReadAfterAsync(0, 10, Stop)).Entry;
            Assert.Equal(9999, entry.At.Year);
            Assert.Equal(("01", "0203"), (entry.TraceId, entry.RequestId));
            await tamper.RunAsync("UPDATE journal SET stream = 'x/1'");
            Assert.Contains(
                "Position 1", (await Assert.ThrowsAsync<JournalDamagedException>(
                    () => fixture.Store.Feed.ReadAfterAsync(0, 10, Stop))).Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_file_overwritten_with_noise_is_a_failure_that_needs_a_person()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
            await fixture.CloseAsync();
            await using (var file = new FileStream(fixture.DatabasePath, FileMode.Open))
            {
                file.Position = 100;
                await file.WriteAsync(Enumerable.Repeat((byte)0xA5, 8000).ToArray(), Stop);
            }

            await using var store = new SqliteStore(fixture.Options, TimeProvider.System);
            Assert.False(
                (await Assert.ThrowsAsync<StorageUnavailableException>(() => store.OpenAsync(Stop))).IsTransient);
        }
    }

    public sealed class Cancelling
    {
        [Fact]
        public async Task A_long_read_stops_in_the_middle_and_leaves_its_connection_usable()
        {
            await using var fixture = await SqliteFixture.StartAsync(static o => o with { Readers = 1 });
            using var source = new CancellationTokenSource();
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var endless = CountWithoutEndAsync(fixture, begun.SetResult, source.Token);
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);

            await source.CancelAsync();
            await AssertStoppedAsync(endless, fixture);
        }

        // SQLite's interrupt does nothing before a statement's first step: the read went on without end.
        [Fact]
        public async Task A_read_that_is_cancelled_before_its_first_step_stops()
        {
            await using var fixture = await SqliteFixture.StartAsync(static o => o with { Readers = 1 });
            using var source = new CancellationTokenSource();
            await AssertStoppedAsync(CountWithoutEndAsync(fixture, source.Cancel, source.Token), fixture);
        }

        private static Task<long> CountWithoutEndAsync(
            SqliteFixture fixture, Action before, CancellationToken cancellationToken) =>
            fixture.Sqlite.Readers.ReadAsync(
                "Counting without end",
                d =>
                {
                    before();
                    return d.Scalar(
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
                },
                cancellationToken);

        private static async Task AssertStoppedAsync(Task read, SqliteFixture fixture)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => read.WaitAsync(TimeSpan.FromSeconds(10), Stop));
            Assert.Equal(0, (await fixture.Store.Ledger.ReadCountAsync(new AccountId(1), Stop)).Count);
        }

        [Fact]
        public async Task Only_so_many_audit_views_are_open()
        {
            await using var fixture = await SqliteFixture.StartAsync(static o => o with { AuditViews = 1 });
            var view = await fixture.Store.Audit.OpenAsync(Stop);
            await Assert.ThrowsAsync<StorageOverloadedException>(() => fixture.Store.Audit.OpenAsync(Stop));
            await view.DisposeAsync();
            await view.DisposeAsync();
            await using var next = await fixture.Store.Audit.OpenAsync(Stop);
        }
    }
}
