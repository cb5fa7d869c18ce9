using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>
/// The peer's database: what a good team would build without us, built well. One connection, prepared statements, the store's own settings
/// (WAL, <c>synchronous=FULL</c>, its page cache and checkpoint interval). Not thread-safe: <see cref="Gate"/> lets one in at a time, as SQLite would.
/// </summary>
internal sealed class PeerDatabase : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA cache_size = -65536;
        PRAGMA wal_autocheckpoint = 8000;
        CREATE TABLE IF NOT EXISTS accounts (
          id INTEGER PRIMARY KEY, handle TEXT NOT NULL, status INTEGER NOT NULL, version INTEGER NOT NULL,
          held_by TEXT, held_at INTEGER, reason TEXT,
          followers INTEGER NOT NULL, followers_version INTEGER NOT NULL, followers_at INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS operators (id TEXT PRIMARY KEY, roles INTEGER NOT NULL, authority_ends_at INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS audit (
          id INTEGER PRIMARY KEY, account INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, action INTEGER NOT NULL,
          reason TEXT NOT NULL, note TEXT NOT NULL, ticket TEXT NOT NULL, trace TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS audit_by_account ON audit (account);
        CREATE TABLE IF NOT EXISTS edges (account INTEGER NOT NULL, follower INTEGER NOT NULL, PRIMARY KEY (account, follower)) STRICT, WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;

    /// <summary>Opens or makes it.</summary>
    public PeerDatabase(string directory)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, "peer.db"), Pooling = false }.ToString());
        _connection.Open();
        using var schema = Command(Schema);
        schema.ExecuteNonQuery();
    }

    /// <summary>Hold it round every use.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>A statement that is prepared once and used again; parameters are made by <paramref name="parameters"/> and set by name.</summary>
    public SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = Command(sql);
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        command.Prepare();
        return command;
    }

    /// <summary>Runs a statement without parameters, such as <c>BEGIN</c>.</summary>
    public SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>Fills in accounts 1 to <paramref name="count"/>, all up.</summary>
    public void Seed(int count)
    {
        using var transaction = _connection.BeginTransaction();
        using var insert = Prepare("INSERT INTO accounts VALUES (@id, @handle, 1, 1, NULL, NULL, NULL, 0, 0, 0)", "@id", "@handle");
        insert.Transaction = transaction;
        for (long id = 1; id <= count; id++)
        {
            insert.Parameters[0].Value = id;
            insert.Parameters[1].Value = string.Create(CultureInfo.InvariantCulture, $"account{id}");
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _connection.Dispose();
        Gate.Dispose();
    }
}
