using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using AccountGrid.Testing;
using Npgsql;

namespace AccountGrid.Storage.Postgres.Tests;

public static class OpeningTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<StorageRefusedException> RefusedAsync(PostgresFixture fixture)
    {
        await using var store = new PostgresStore(fixture.Options, TimeProvider.System);
        return await Assert.ThrowsAsync<StorageRefusedException>(() => store.OpenAsync(Stop));
    }

    public sealed class Migrating
    {
        [Fact]
        public async Task Silos_that_start_together_agree_who_migrates()
        {
            await using var fixture = await PostgresFixture.ClosedAsync();
            var silos = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => fixture.OpenAnotherAsync()));
            Assert.Equal((long)Migrations.Newest, await fixture.RunAsync("SELECT count(*) FROM schema_version"));
            Assert.Equal(AppendResult.Appended, await silos[4].Journal.AppendAsync(new SampleStream(1).Next(), Stop));
            await Task.WhenAll(silos.Select(static s => s.DisposeAsync().AsTask()));
        }

        [Fact]
        public void Steps_are_numbered_without_gaps_and_each_has_its_file()
        {
            Assert.Equal(Enumerable.Range(1, Migrations.All.Count), Migrations.All.Select(static step => step.Version));
            Assert.All(Migrations.All, static step => Assert.NotEmpty(step.Sql));
            Assert.NotEmpty(Migrations.Resource("grants.sql"));
        }

        [Fact]
        public async Task An_empty_schema_is_a_new_database_and_two_schemas_are_two_stores()
        {
            await using var fixture = await PostgresFixture.ClosedAsync();
            await fixture.RunAsync($"CREATE SCHEMA {fixture.Schema}");
            await fixture.OpenAsync();
            await using var other = await PostgresFixture.StartAsync();
            var stream = new SampleStream(1);
            Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(stream.Next(), Stop));
            Assert.False(await other.Store.Journal.ExistsAsync(stream.Id, Stop));
            Assert.Equal(0, await other.Store.Feed.ReadHeadAsync(Stop));
        }

        [Fact]
        public async Task A_newer_version_is_refused_and_left_as_it_is()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            await fixture.CloseAsync();
            await fixture.RunAsync(
                "INSERT INTO schema_version (version, name) VALUES (9999, 'of tomorrow'); DROP FUNCTION followers_apply");
            var refused = await RefusedAsync(fixture);
            Assert.Equal(StorageRefusal.NewerVersion, refused.Refusal);
            Assert.Contains("9999", refused.Message, StringComparison.Ordinal);
            Assert.Contains(fixture.Schema, refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<StorageRefusedException>(() => PostgresStore.MigrateAsync(fixture.Options, Stop));
            Assert.Equal(0L,
                await fixture.RunAsync(
                    "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND proname = 'followers_apply'", fixture.Schema));
            Assert.Equal(Migrations.Newest + 1L, await fixture.RunAsync("SELECT count(*) FROM schema_version"));
        }

        [Fact]
        public async Task Another_programs_schema_is_refused_untouched()
        {
            await using var fixture = await PostgresFixture.ClosedAsync();
            await fixture.RunAsync(
                $"CREATE SCHEMA {fixture.Schema}; CREATE TABLE {fixture.Schema}.journal (recipe text)");
            Assert.Equal(StorageRefusal.Foreign, (await RefusedAsync(fixture)).Refusal);
            Assert.Equal(1L,
                await fixture.RunAsync(
                    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND relkind = 'r'", fixture.Schema));
        }

        [Fact]
        public async Task A_server_without_fsync_is_refused_before_anything_is_made()
        {
            Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
            await using var server = await PostgresServer.StartNewAsync("fsync=off");
            await using var fixture = new PostgresFixture(server: server);
            Assert.Equal(StorageRefusal.NotDurable, (await RefusedAsync(fixture)).Refusal);
            await Assert.ThrowsAsync<StorageRefusedException>(() => PostgresStore.MigrateAsync(fixture.Options, Stop));
            Assert.Equal(0L,
                await fixture.RunAsync("SELECT count(*) FROM pg_namespace WHERE nspname = $1", fixture.Schema));
        }

        [Fact]
        public async Task An_older_version_is_refused_where_it_is_not_to_be_migrated_and_migrated_otherwise()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            await fixture.CloseAsync();
            await fixture.RunAsync(
                """
                DELETE FROM schema_version WHERE version >= 2;
                DO $$
                DECLARE f regprocedure;
                BEGIN
                    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
                        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname <> 'refuse_change'
                    LOOP
                        EXECUTE 'DROP FUNCTION ' || f;
                    END LOOP;
                END
                $$;
                DROP TABLE mac_boundary;
                ALTER TABLE journal DROP COLUMN mac;
                """);
            await using (var careful = new PostgresStore(fixture.Options with { Migrate = false }, TimeProvider.System))
            {
                Assert.Equal(StorageRefusal.OlderVersion,
                    (await Assert.ThrowsAsync<StorageRefusedException>(() => careful.OpenAsync(Stop))).Refusal);
            }

            await fixture.OpenAsync();
            Assert.Equal(AppendResult.Appended,
                await fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop));
        }
    }

    /// <summary>Silos of the version before that run while the database is migrated.</summary>
    public sealed class OlderSilos
    {
        // Its thirty parameters, as a silo of the version before calls it; nothing is to be appended.
        private const string OlderCall =
            """
            SELECT head FROM journal_append(
                '{}'::text[], '{}'::bigint[],
                '{}'::integer[], '{}'::bigint[], '{}'::bigint[], '{}'::smallint[], '{}'::text[], '{}'::text[],
                '{}'::integer[],
                '{}'::bytea[],
                '{}'::bytea[], '{}'::bytea[], '{}'::bytea[], '{}'::bytea[], '{}'::text[], '{}'::text[], '{}'::bigint[],
                '{}'::integer[], '{}'::bigint[], '{}'::bigint[], '{}'::text[], '{}'::smallint[], '{}'::boolean[],
                '{}'::bigint[], '{}'::text[],
                '{}'::bigint[], '{}'::integer[], '{}'::text[], '{}'::bigint[], '{}'::boolean[])
            """;

        [Fact]
        public async Task Append_until_every_entry_needs_a_MAC_and_not_after()
        {
            await using var fixture = await PostgresFixture.StartAsync();
            Assert.Equal(0L, await fixture.RunAsync(OlderCall));
            Assert.True(await fixture.Store.MacBoundaries.AddAsync(
                new MacBoundary(0, SampleStream.Day, "0123456789abcdef", new byte[64]), Stop));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => fixture.RunAsync(OlderCall));
            Assert.Contains("start a newer one", refused.MessageText, StringComparison.Ordinal);
        }
    }

    public sealed class Settings
    {
        private static readonly PostgresStorageOptions Good =
            new() { ConnectionString = "Host=db;Password=open-sesame" };

        [Theory]
        [InlineData(nameof(PostgresStorageOptions.ConnectionString))]
        [InlineData(nameof(PostgresStorageOptions.Schema))]
        [InlineData(nameof(PostgresStorageOptions.ServiceRole))]
        [InlineData(nameof(PostgresStorageOptions.WriterQueueDepth))]
        [InlineData(nameof(PostgresStorageOptions.FollowQueueChanges))]
        [InlineData(nameof(PostgresStorageOptions.MaxBatch))]
        [InlineData(nameof(PostgresStorageOptions.FollowWriters))]
        [InlineData(nameof(PostgresStorageOptions.Readers))]
        [InlineData(nameof(PostgresStorageOptions.ReadQueueDepth))]
        [InlineData(nameof(PostgresStorageOptions.ExistsQueueDepth))]
        [InlineData(nameof(PostgresStorageOptions.AuditViews))]
        [InlineData(nameof(PostgresStorageOptions.ConnectTimeout))]
        [InlineData(nameof(PostgresStorageOptions.LockTimeout))]
        [InlineData(nameof(PostgresStorageOptions.CommandTimeout))]
        [InlineData(nameof(PostgresStorageOptions.PollInterval))]
        [InlineData(nameof(PostgresStorageOptions.RetryAfter))]
        public void A_setting_outside_its_range_is_named(string setting)
        {
            Assert.Empty(Good.Validate());
            var bad = setting switch
            {
                nameof(PostgresStorageOptions.ConnectionString) => Good with { ConnectionString = " " },
                nameof(PostgresStorageOptions.Schema) => Good with { Schema = "public; DROP SCHEMA public" },
                nameof(PostgresStorageOptions.ServiceRole) => Good with { ServiceRole = "" },
                nameof(PostgresStorageOptions.WriterQueueDepth) => Good with { WriterQueueDepth = 0 },
                nameof(PostgresStorageOptions.FollowQueueChanges) =>
                    Good with { FollowQueueChanges = Limits.FollowBatch - 1 },
                nameof(PostgresStorageOptions.MaxBatch) => Good with { MaxBatch = 65_537 },
                nameof(PostgresStorageOptions.FollowWriters) => Good with { FollowWriters = 17 },
                nameof(PostgresStorageOptions.Readers) => Good with { Readers = 0 },
                nameof(PostgresStorageOptions.ReadQueueDepth) => Good with { ReadQueueDepth = 0, ExistsQueueDepth = 0 },
                nameof(PostgresStorageOptions.ExistsQueueDepth) =>
                    Good with { ExistsQueueDepth = Good.ReadQueueDepth + 1 },
                nameof(PostgresStorageOptions.AuditViews) => Good with { AuditViews = 17 },
                nameof(PostgresStorageOptions.ConnectTimeout) => Good with { ConnectTimeout = TimeSpan.Zero },
                nameof(PostgresStorageOptions.LockTimeout) => Good with { LockTimeout = TimeSpan.Zero },
                nameof(PostgresStorageOptions.CommandTimeout) => Good with { CommandTimeout = Good.LockTimeout },
                nameof(PostgresStorageOptions.PollInterval) => Good with { PollInterval = TimeSpan.Zero },
                nameof(PostgresStorageOptions.RetryAfter) => Good with { RetryAfter = TimeSpan.Zero },
                _ => throw new ArgumentOutOfRangeException(nameof(setting)),
            };
            var refused = Assert.ThrowsAny<ArgumentException>(() => new PostgresStore(bad, TimeProvider.System));
            Assert.Equal(setting, refused.ParamName);
            Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        }

        [Theory]
        [InlineData("Password=open-sesame")]
        [InlineData("Host=one,two;Password=open-sesame")]
        [InlineData("Host=db;Password=open-sesame;Port=open-sesame")]
        [InlineData("Host=db;open-sesame")]
        [InlineData("Host=db;open-sesame=open-sesame")]
        public void A_connection_string_that_is_none_is_refused_without_being_quoted(string text)
        {
            var refused = Assert.Throws<ArgumentException>(
                () => new PostgresStore(Good with { ConnectionString = text }, TimeProvider.System));
            Assert.Equal(nameof(PostgresStorageOptions.ConnectionString), refused.ParamName);
            Assert.DoesNotContain("open-sesame", refused.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("open-sesame", Good.ToString(), StringComparison.Ordinal);
        }
    }
}
