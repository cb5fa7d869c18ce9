using System.Diagnostics;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Storage.Sqlite.Tests;

public static class OpeningTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<StorageRefusedException> RefusedAsync(SqliteFixture fixture)
    {
        await using var store = new SqliteStore(fixture.Options, TimeProvider.System);
        return await Assert.ThrowsAsync<StorageRefusedException>(() => store.OpenAsync(Stop));
    }

    private static async Task<long> PragmaAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(Stop), null);
    }

    public sealed class Migrating
    {
        [Fact]
        public async Task A_new_database_gets_every_step_and_says_whose_it_is()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.CloseAsync();
            Assert.Equal(Migrations.Steps.Newest, await PragmaAsync(fixture.DatabasePath, "PRAGMA user_version"));
            Assert.Equal(0x41634772, await PragmaAsync(fixture.DatabasePath, "PRAGMA application_id"));
            Assert.Equal(0,
                await PragmaAsync(
                    fixture.DatabasePath,
                    "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND NOT strict"));
        }

        [Fact]
        public void Steps_are_numbered_without_gaps() =>
            Assert.Equal(Enumerable.Range(1, Migrations.Steps.All.Count),
                Migrations.Steps.All.Select(static step => step.Version));

        [Fact]
        public async Task An_empty_file_is_a_new_database()
        {
            await using var fixture = new SqliteFixture();
            await File.WriteAllBytesAsync(fixture.DatabasePath, [], Stop);
            await fixture.OpenAsync();
            Assert.Equal(0, await fixture.Store.Feed.ReadHeadAsync(Stop));
        }

        [Fact]
        public async Task A_newer_version_is_refused_and_its_file_untouched()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.CloseAsync();
            await PragmaAsync(fixture.DatabasePath, "PRAGMA user_version = 9999");
            var before = await File.ReadAllBytesAsync(fixture.DatabasePath, Stop);
            var refused = await RefusedAsync(fixture);
            Assert.Equal(StorageRefusal.NewerVersion, refused.Refusal);
            Assert.Contains("9999", refused.Message, StringComparison.Ordinal);
            Assert.Contains(fixture.DatabasePath, refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(fixture.DatabasePath, Stop));
        }

        [Fact]
        public async Task A_newer_version_that_a_crash_left_in_the_log_is_refused_and_both_files_untouched()
        {
            await using var source = await SqliteFixture.StartAsync();
            await source.CloseAsync();
            await using var fixture = new SqliteFixture();
            await using (var connection = new SqliteConnection($"Data Source={source.DatabasePath};Pooling=False"))
            {
                await connection.OpenAsync(Stop);
                await using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA user_version = 9999";
                await command.ExecuteNonQueryAsync(Stop);

                // What a kill at this moment leaves behind: the new version is in the log alone.
                File.Copy(source.DatabasePath, fixture.DatabasePath);
                File.Copy(source.DatabasePath + "-wal", fixture.DatabasePath + "-wal");
            }

            var before = (await File.ReadAllBytesAsync(fixture.DatabasePath, Stop),
                await File.ReadAllBytesAsync(fixture.DatabasePath + "-wal", Stop));
            Assert.NotEmpty(before.Item2);
            Assert.Equal(StorageRefusal.NewerVersion, (await RefusedAsync(fixture)).Refusal);
            Assert.Equal(before.Item1, await File.ReadAllBytesAsync(fixture.DatabasePath, Stop));
            Assert.Equal(before.Item2, await File.ReadAllBytesAsync(fixture.DatabasePath + "-wal", Stop));
        }

        [Fact]
        public async Task Another_programs_database_is_refused_untouched()
        {
            await using var fixture = new SqliteFixture();
            await PragmaAsync(fixture.DatabasePath, "CREATE TABLE recipes (name TEXT)");
            var before = await File.ReadAllBytesAsync(fixture.DatabasePath, Stop);
            Assert.Equal(StorageRefusal.Foreign, (await RefusedAsync(fixture)).Refusal);
            Assert.Equal(before, await File.ReadAllBytesAsync(fixture.DatabasePath, Stop));
        }

        [Fact]
        public async Task A_file_that_is_no_database_is_refused_untouched()
        {
            await using var fixture = new SqliteFixture();
            await File.WriteAllTextAsync(fixture.DatabasePath, "a letter to a friend", Stop);
            Assert.Equal(StorageRefusal.Foreign, (await RefusedAsync(fixture)).Refusal);
            Assert.Equal("a letter to a friend", await File.ReadAllTextAsync(fixture.DatabasePath, Stop));
        }
    }

    public sealed class Locking
    {
        [Fact]
        public async Task A_second_store_on_the_directory_is_refused_by_name()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            var refused = await RefusedAsync(fixture);
            Assert.Equal(StorageRefusal.InUse, refused.Refusal);
            Assert.Contains(fixture.Directory, refused.Message, StringComparison.Ordinal);
            await fixture.ReopenAsync();
        }

        [Fact]
        public async Task Another_process_is_met_and_its_kill_frees_the_directory()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "Needs flock(1).");
            await using var fixture = new SqliteFixture();
            using var other =
                Process.Start(new ProcessStartInfo(
                    "/usr/bin/flock", ["-xF", Path.Combine(fixture.Directory, "accountgrid.lock"), "sh", "-c",
                        "echo held; exec sleep 600"])
                {
                    RedirectStandardOutput = true,
                })!;
            try
            {
                Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Stop));
                Assert.Equal(StorageRefusal.InUse, (await RefusedAsync(fixture)).Refusal);
            }
            finally
            {
                other.Kill();
                await other.WaitForExitAsync(CancellationToken.None);
            }

            await fixture.OpenAsync();
        }

        [Fact]
        public async Task A_refused_start_frees_the_directory()
        {
            await using var fixture = new SqliteFixture();
            await File.WriteAllTextAsync(fixture.DatabasePath, "not a database at all", Stop);
            await RefusedAsync(fixture);
            File.Delete(fixture.DatabasePath);
            await fixture.OpenAsync();
        }
    }

    public sealed class Recovering
    {
        [Fact]
        public async Task The_writer_syncs_the_log_at_every_commit()
        {
            await using var fixture = await SqliteFixture.StartAsync();
            await fixture.Sqlite.Writer.WriteAsync(
                new Custom(static d => Assert.Equal(2 /* FULL */, d.Scalar("PRAGMA synchronous"))));
            Assert.Equal("wal",
                await fixture.Sqlite.Readers.ReadAsync(
                    "Asking", static d => Rows.Read(d.Use("PRAGMA journal_mode"), static row => row.Text(0))[0], Stop));
        }

        [Fact]
        public async Task What_was_answered_is_in_the_files_before_anything_is_closed()
        {
            await using var source = await SqliteFixture.StartAsync();
            var stream = new SampleStream(1);
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(AppendResult.Appended, await source.Store.Journal.AppendAsync(stream.Next(), Stop));
            }

            await source.Store.Ledger.ApplyAsync(
                new AccountId(1), [new FollowChange(new AccountId(2), true)], SampleStream.Day, Stop);
            await using var copy = new SqliteFixture();
            File.Copy(source.DatabasePath, copy.DatabasePath);
            File.Copy(source.DatabasePath + "-wal", copy.DatabasePath + "-wal");
            await copy.OpenAsync();
            EntryAssert.Equal(stream.Entries, await copy.Store.Journal.ReadAsync(stream.Id, 1, 100, Stop));
            Assert.Equal(1, (await copy.Store.Ledger.ReadCountAsync(new AccountId(1), Stop)).Count);
        }

        [Fact]
        public async Task A_log_cut_anywhere_loses_the_newest_transactions_alone_and_whole()
        {
            await using var source = await SqliteFixture.StartAsync();
            var stream = new SampleStream(1);
            for (var i = 0; i < 20; i++)
            {
                await source.Store.Journal.AppendAsync(stream.Next(2), Stop);
            }

            var (database, log) = (await File.ReadAllBytesAsync(source.DatabasePath, Stop),
                await ReadSharedAsync(source.DatabasePath + "-wal"));
            for (var cut = log.Length; cut > 0; cut -= (log.Length / 7) + 13)
            {
                await using var copy = new SqliteFixture();
                await File.WriteAllBytesAsync(copy.DatabasePath, database, Stop);
                await File.WriteAllBytesAsync(copy.DatabasePath + "-wal", log[..cut], Stop);
                await copy.OpenAsync();
                var left = await copy.Store.Journal.ReadAsync(stream.Id, 1, 100, Stop);
                Assert.Equal(0, left.Length % 2);
                EntryAssert.Equal(stream.Entries.Take(left.Length), left);
                var version =
                    (await copy.Store.Index.ListAccountsAsync(
                        new AccountFilter(null, null, null, 1), 0, 10, Stop)).Length;
                Assert.Equal(left.Length == 0 ? 0 : 1, version);
            }
        }

        private static async Task<byte[]> ReadSharedAsync(string path)
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, Stop);
            return bytes;
        }
    }

    public sealed class Settings
    {
        [Theory]
        [InlineData(nameof(SqliteStorageOptions.DataDirectory))]
        [InlineData(nameof(SqliteStorageOptions.WriterQueueDepth))]
        [InlineData(nameof(SqliteStorageOptions.FollowQueueChanges))]
        [InlineData(nameof(SqliteStorageOptions.MaxBatch))]
        [InlineData(nameof(SqliteStorageOptions.Readers))]
        [InlineData(nameof(SqliteStorageOptions.ReadQueueDepth))]
        [InlineData(nameof(SqliteStorageOptions.ExistsQueueDepth))]
        [InlineData(nameof(SqliteStorageOptions.AuditViews))]
        [InlineData(nameof(SqliteStorageOptions.WriterCacheBytes))]
        [InlineData(nameof(SqliteStorageOptions.CheckpointPages))]
        [InlineData(nameof(SqliteStorageOptions.BusyTimeout))]
        [InlineData(nameof(SqliteStorageOptions.RetryAfter))]
        public void A_setting_outside_its_range_is_named(string setting)
        {
            var good = new SqliteStorageOptions { DataDirectory = "data" };
            Assert.Empty(good.Validate());
            var bad = setting switch
            {
                nameof(SqliteStorageOptions.DataDirectory) => good with { DataDirectory = " " },
                nameof(SqliteStorageOptions.WriterQueueDepth) => good with { WriterQueueDepth = 0 },
                nameof(SqliteStorageOptions.FollowQueueChanges) =>
                    good with { FollowQueueChanges = Limits.FollowBatch - 1 },
                nameof(SqliteStorageOptions.MaxBatch) => good with { MaxBatch = 65_537 },
                nameof(SqliteStorageOptions.Readers) => good with { Readers = 0 },
                nameof(SqliteStorageOptions.ReadQueueDepth) => good with { ReadQueueDepth = 0, ExistsQueueDepth = 0 },
                nameof(SqliteStorageOptions.ExistsQueueDepth) =>
                    good with { ExistsQueueDepth = good.ReadQueueDepth + 1 },
                nameof(SqliteStorageOptions.AuditViews) => good with { AuditViews = 17 },
                nameof(SqliteStorageOptions.WriterCacheBytes) => good with { WriterCacheBytes = 1 },
                nameof(SqliteStorageOptions.CheckpointPages) => good with { CheckpointPages = 99 },
                nameof(SqliteStorageOptions.BusyTimeout) => good with { BusyTimeout = TimeSpan.FromMinutes(2) },
                nameof(SqliteStorageOptions.RetryAfter) => good with { RetryAfter = TimeSpan.Zero },
                _ => throw new ArgumentOutOfRangeException(nameof(setting)),
            };
            var refused = Assert.ThrowsAny<ArgumentException>(() => new SqliteStore(bad, TimeProvider.System));
            Assert.Equal(setting, refused.ParamName);
            Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        }
    }
}
