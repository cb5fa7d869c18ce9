using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Storage.Sqlite.Tests;

/// <summary>A SQLite store in a directory of its own under the system's temporary one.</summary>
internal sealed class SqliteFixture(Func<SqliteStorageOptions, SqliteStorageOptions>? configure = null) : StoreFixture
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("accountgrid-").FullName;

    public string DatabasePath => Path.Combine(Directory, "accountgrid.db");

    public SqliteStore Sqlite => (SqliteStore)Store;

    public SqliteStorageOptions Options
    {
        get
        {
            var options = new SqliteStorageOptions { DataDirectory = Directory };
            return configure is null ? options : configure(options);
        }
    }

    public override ITamper Tamper => new SqliteTamper(DatabasePath);

    public static async Task<SqliteFixture> StartAsync(
        Func<SqliteStorageOptions, SqliteStorageOptions>? configure = null)
    {
        var fixture = new SqliteFixture(configure);
        await fixture.OpenAsync();
        return fixture;
    }

    protected override async Task<IStore> OpenStoreAsync()
    {
        var store = new SqliteStore(Options, TimeProvider.System);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    protected override ValueTask DeleteDataAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Changes the file as somebody with a SQLite shell would: the triggers go first.</summary>
internal sealed class SqliteTamper(string path) : ITamper
{
    public Task ReplacePayloadAsync(StreamId stream, long sequence, ReadOnlyMemory<byte> payload) => RunAsync(
        "UPDATE journal SET payload = $payload WHERE stream = $stream AND sequence = $sequence",
        ("$payload", payload.ToArray()), ("$stream", stream.Value), ("$sequence", sequence));

    public Task DeleteAsync(StreamId stream, long sequence) =>
        RunAsync("DELETE FROM journal WHERE stream = $stream AND sequence = $sequence", ("$stream", stream.Value),
            ("$sequence", sequence));

    public Task SwapPositionsAsync(long one, long other) => RunAsync(
        """
        UPDATE journal SET position = -1 WHERE position = $one;
        UPDATE journal SET position = $one WHERE position = $other;
        UPDATE journal SET position = $other WHERE position = -1;
        """,
        ("$one", one), ("$other", other));

    public Task RemoveEdgesAsync(AccountId account, int edges) => RunAsync(
        "DELETE FROM follower WHERE account = $account AND follower IN (SELECT follower FROM follower WHERE account = $account ORDER BY follower LIMIT $edges)",
        ("$account", account.Value), ("$edges", edges));

    public Task AddEdgesAsync(AccountId account, int edges) => RunAsync(
        "WITH RECURSIVE n (f) AS (SELECT 1 UNION ALL SELECT f + 1 FROM n WHERE f < $edges) INSERT INTO follower (account, follower) SELECT $account, f FROM n",
        ("$account", account.Value), ("$edges", edges));

    public Task ExecuteAsync(string sql) => RunAsync(sql);

    public async Task<IReadOnlyList<(string Table, string Column)>> ColumnsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'kept_%' ORDER BY t.name, c.cid
            """;
        var columns = new List<(string Table, string Column)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    public Task KeepAsync(string table) => RunAsync($"CREATE TABLE kept_{table} AS SELECT * FROM {table}");

    public Task PutBackAsync(string table) => RunAsync(
        $"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; DROP TABLE kept_{table}");

    public async Task RunAsync(string sql, params (string Name, object Value)[] values)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            DROP TRIGGER IF EXISTS journal_is_never_changed; DROP TRIGGER IF EXISTS journal_is_never_cut;
            DROP TRIGGER IF EXISTS checkpoint_is_never_changed; DROP TRIGGER IF EXISTS checkpoint_is_never_cut;
            DROP TRIGGER IF EXISTS mac_boundary_is_never_changed; DROP TRIGGER IF EXISTS mac_boundary_is_never_cut;
            {sql}
            """;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
