using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>
/// The roles of <c>deploy/postgres/roles.sql</c>: what the owner does, and what the service cannot do.
/// </summary>
public sealed class RolesTests : IAsyncLifetime
{
    private const string Owner = "roles_owner";
    private const string Service = "roles_service";
    private const string Password = "not-a-secret-of-anybody";
    private PostgresFixture? _fixture;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PostgresFixture Fixture => _fixture!;

    private PostgresStorageOptions AsOwner =>
        Fixture.Options with
        {
            ConnectionString = Fixture.Server.ConnectionString(user: Owner, password: Password),
            ServiceRole = Service,
        };

    private PostgresStorageOptions AsService =>
        Fixture.Options with
        {
            ConnectionString = Fixture.Server.ConnectionString(user: Service, password: Password),
            Migrate = false,
        };

    public async ValueTask InitializeAsync()
    {
        _fixture = await PostgresFixture.ClosedAsync();
        for (var i = 0; i < 2; i++)
        {
            // Twice: it may be run again.
            await Fixture.Server.RunScriptAsync(
                Script(), variables: [("owner", Owner), ("service", Service), ("schema", Fixture.Schema)]);
        }

        await Fixture.RunAsync($"ALTER ROLE {Owner} PASSWORD '{Password}'; ALTER ROLE {Service} PASSWORD '{Password}'");
    }

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_owner_migrates_and_the_service_does_everything_that_the_ports_ask_for()
    {
        Assert.Equal(Migrations.Newest, await PostgresStore.MigrateAsync(AsOwner, Stop));
        Assert.Equal(Migrations.Newest, await PostgresStore.MigrateAsync(AsOwner, Stop));
        await using var store = new PostgresStore(AsService, TimeProvider.System);
        await store.OpenAsync(Stop);
        var (account, person) = (new SampleStream(1), new SampleStream(OperatorId.Parse("kim")));
        Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(account.Next(2), Stop));
        Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(account.Next(), Stop));
        Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(person.Next(), Stop));
        Assert.Equal(3, (await Follows.AddAsync(store.Ledger, 1, 1, 3, Stop)).After.Count);
        Assert.Equal(2,
            (await store.Ledger.ApplyAsync(
                new AccountId(1), [new FollowChange(new AccountId(2), false)], SampleStream.Day, Stop)).After.Count);
        foreach (var number in (long[])[1, 2])
        {
            Assert.Equal(AppendResult.Appended,
                await store.Checkpoints.AppendAsync(
                    new StoredCheckpoint(
                        new Checkpoint(number, 4, new byte[32], default, SampleStream.Day, "k", new byte[64]),
                        new byte[8]), Stop));
        }

        Assert.Equal([4], (await store.Feed.ReadAfterAsync(3, 10, Stop)).Select(static e => e.Position));
        Assert.Single(await store.Index.ListAccountsAsync(new AccountFilter(null, null, null, 1), 0, 10, Stop));
        var kim = Actor.Operator(OperatorId.Parse("kim"));
        Assert.Empty(await store.HarmLog.ReadChargesAsync(kim, SampleStream.Day, Stop));
        await using var view = await store.Audit.OpenAsync(Stop);
        Assert.Equal(4, await view.ReadByStreamAsync(Stop).CountAsync(Stop));
    }

    [Theory]
    [InlineData("UPDATE journal SET payload = ''")]
    [InlineData("DELETE FROM journal")]
    [InlineData("TRUNCATE journal")]
    [InlineData("INSERT INTO journal SELECT * FROM journal ON CONFLICT (stream, sequence) DO UPDATE SET payload = ''")]
    [InlineData("UPDATE checkpoint SET position = 1")]
    [InlineData("DELETE FROM checkpoint")]
    [InlineData("TRUNCATE checkpoint")]
    [InlineData("UPDATE mac_boundary SET position = 1000")]
    [InlineData("DELETE FROM mac_boundary")]
    [InlineData("DELETE FROM account_index")]
    [InlineData("UPDATE follower SET follower = 1")]
    [InlineData("INSERT INTO schema_version (version, name) VALUES (99, 'x')")]
    [InlineData("ALTER TABLE journal DISABLE TRIGGER ALL")]
    [InlineData("DROP TABLE journal")]
    [InlineData("DROP TRIGGER journal_is_never_changed ON journal")]
    [InlineData(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")]
    [InlineData("CREATE TABLE mine (x int)")]
    [InlineData("SET session_replication_role = replica")]
    public async Task The_service_can_neither_change_nor_remove_what_is_written_nor_the_guards(string sql)
    {
        await PostgresStore.MigrateAsync(AsOwner, Stop);
        await using var connection =
            new NpgsqlConnection($"{AsService.ConnectionString};Search Path={Fixture.Schema};Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
            (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Stop))).SqlState);
    }

    [Fact]
    public async Task The_service_refuses_a_database_that_its_owner_has_not_migrated()
    {
        await using var store = new PostgresStore(AsService, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<StorageRefusedException>(() => store.OpenAsync(Stop));
        Assert.Equal(StorageRefusal.OlderVersion, refused.Refusal);

        // The same store opens once that is done.
        await PostgresStore.MigrateAsync(AsOwner, Stop);
        await store.OpenAsync(Stop);
    }

    private static string Script()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "AccountGrid.sln")))
            {
                return Path.Combine(at.FullName, "deploy", "postgres", "roles.sql");
            }
        }

        throw new InvalidOperationException("AccountGrid.sln is nowhere above the tests.");
    }
}
