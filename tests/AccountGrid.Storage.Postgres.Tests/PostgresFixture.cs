using System.Globalization;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using AccountGrid.Testing;
using Npgsql;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>A store in a schema of its own, on the shared server or on the one given.</summary>
internal sealed class PostgresFixture(
    Func<PostgresStorageOptions, PostgresStorageOptions>? configure = null,
    PostgresServer? server = null) : StoreFixture
{
    private static int _schemas;
    private PostgresServer? _server = server;

    public string Schema { get; } =
        string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _schemas)}");

    public PostgresServer Server => _server ?? throw new InvalidOperationException("The fixture is not open.");

    public PostgresStore Postgres => (PostgresStore)Store;

    public PostgresStorageOptions Options
    {
        get
        {
            // Patient: tests hold locks on purpose, on machines that may be slow.
            var options = new PostgresStorageOptions
            {
                ConnectionString = Server.ConnectionString(),
                Schema = Schema,
                LockTimeout = TimeSpan.FromSeconds(40),
                CommandTimeout = TimeSpan.FromSeconds(60),
            };
            return configure is null ? options : configure(options);
        }
    }

    public override ITamper Tamper => new PostgresTamper(this);

    public static async Task<PostgresFixture> StartAsync(
        Func<PostgresStorageOptions, PostgresStorageOptions>? configure = null, PostgresServer? server = null)
    {
        var fixture = new PostgresFixture(configure, server);
        await fixture.OpenAsync();
        return fixture;
    }

    /// <summary>The server alone, for a store that is not to open.</summary>
    public static async Task<PostgresFixture> ClosedAsync() => new(server: await SharedServer.GetAsync());

    /// <summary>A second store on the same data, as in another silo.</summary>
    public async Task<PostgresStore> OpenAnotherAsync(
        Func<PostgresStorageOptions, PostgresStorageOptions>? change = null)
    {
        var store = new PostgresStore(change is null ? Options : change(Options), TimeProvider.System);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    /// <summary>A connection as the superuser, with the schema first in its path.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection($"{Server.ConnectionString()};Search Path={Schema};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Runs a statement as the superuser.</summary>
    public async Task<object?> RunAsync(string sql, params object[] values)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync();
    }

    protected override async Task<IStore> OpenStoreAsync()
    {
        _server ??= await SharedServer.GetAsync();
        return await OpenAnotherAsync();
    }

    protected override async ValueTask DeleteDataAsync()
    {
        if (_server is not null)
        {
            await RunAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        }
    }
}

/// <summary>Changes the tables as somebody with the owner's rights would: the triggers go first.</summary>
internal sealed class PostgresTamper(PostgresFixture fixture) : ITamper
{
    public Task ReplacePayloadAsync(StreamId stream, long sequence, ReadOnlyMemory<byte> payload) =>
        RunAsync("UPDATE journal SET payload = $3 WHERE stream = $1 AND sequence = $2", stream.Value, sequence,
            payload.ToArray());

    public Task DeleteAsync(StreamId stream, long sequence) =>
        RunAsync("DELETE FROM journal WHERE stream = $1 AND sequence = $2", stream.Value, sequence);

    public async Task SwapPositionsAsync(long one, long other)
    {
        await RunAsync("UPDATE journal SET position = $2 WHERE position = $1", one, long.MaxValue);
        await RunAsync("UPDATE journal SET position = $2 WHERE position = $1", other, one);
        await RunAsync("UPDATE journal SET position = $2 WHERE position = $1", long.MaxValue, other);
    }

    public Task RemoveEdgesAsync(AccountId account, int edges) => fixture.RunAsync(
        "DELETE FROM follower WHERE account = $1 AND follower IN (SELECT follower FROM follower WHERE account = $1 ORDER BY follower LIMIT $2)", account.Value, edges);

    public Task AddEdgesAsync(AccountId account, int edges) =>
        fixture.RunAsync("INSERT INTO follower (account, follower) SELECT $1, f FROM generate_series(1, $2) f",
            account.Value, edges);

    public async Task<IReadOnlyList<(string Table, string Column)>> ColumnsAsync()
    {
        await using var connection = await fixture.ConnectAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND left(table_name, 5) <> 'kept_'
            ORDER BY table_name, ordinal_position
            """,
            connection);
        var columns = new List<(string Table, string Column)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    public Task KeepAsync(string table) => RunAsync($"CREATE TABLE kept_{table} AS SELECT * FROM {table}");

    public async Task PutBackAsync(string table)
    {
        // What the database computes by itself is not written.
        var columns = await fixture.RunAsync(
            """
            SELECT string_agg(column_name, ', ') FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'
            """,
            table);
        await RunAsync(
            $"""
            DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table};
            DROP TABLE kept_{table}
            """);
    }

    public async Task ExecuteAsync(string sql)
    {
        await fixture.RunAsync(
            """
            DO $$
            DECLARE c record;
            BEGIN
                FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
                    WHERE contype = 'c' AND connamespace = current_schema()::regnamespace
                LOOP
                    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname);
                END LOOP;
            END
            $$
            """);
        await RunAsync(sql);
    }

    public async Task RunAsync(string sql, params object[] values)
    {
        await fixture.RunAsync(
            """
            ALTER TABLE journal DISABLE TRIGGER ALL; ALTER TABLE checkpoint DISABLE TRIGGER ALL;
            ALTER TABLE mac_boundary DISABLE TRIGGER ALL
            """);
        await fixture.RunAsync(sql, values);
    }
}
