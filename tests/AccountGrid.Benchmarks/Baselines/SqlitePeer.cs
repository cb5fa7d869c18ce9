using System.Globalization;
using AccountGrid.V1;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>
/// The peer on SQLite. One connection, prepared statements, the store's own settings (WAL, <c>synchronous=FULL</c>, its
/// page cache and checkpoint interval). One
/// caller at a time, as SQLite would have it anyway.
/// </summary>
internal sealed class SqlitePeer : IPeerStore
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
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SqliteAccountCommands _accounts;
    private readonly SqliteFollowCommands _follows;

    /// <summary>Opens or makes it.</summary>
    public SqlitePeer(string directory)
    {
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = Path.Combine(directory, "peer.db"),
                Pooling = false,
            }.ToString());
        _connection.Open();
        using var schema = Command(Schema);
        schema.ExecuteNonQuery();
        (_accounts, _follows) = (new SqliteAccountCommands(this), new SqliteFollowCommands(this));
    }

    /// <summary>
    /// A statement that is prepared once and used again; parameters are made by <paramref name="parameters"/> and set
    /// by place.
    /// </summary>
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

    public Task SeedAsync(int count, CancellationToken cancellationToken)
    {
        using var transaction = _connection.BeginTransaction();
        using var insert =
            Prepare("INSERT INTO accounts VALUES (@id, @handle, 1, 1, NULL, NULL, NULL, 0, 0, 0)", "@id", "@handle");
        insert.Transaction = transaction;
        for (long id = 1; id <= count; id++)
        {
            insert.Parameters[0].Value = id;
            insert.Parameters[1].Value = string.Create(CultureInfo.InvariantCulture, $"account{id}");
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        return Task.CompletedTask;
    }

    public Task<Account?> GetAsync(long id, CancellationToken cancellationToken) =>
        AloneAsync(() => _accounts.Get(id), cancellationToken);

    public Task<Account> ChangeAsync(PeerChange change, DateTimeOffset now, CancellationToken cancellationToken) =>
        AloneAsync(() => _accounts.Run(change, now), cancellationToken);

    public Task<int> FollowAsync(Follow[] follows, DateTimeOffset now, CancellationToken cancellationToken) =>
        AloneAsync(() => _follows.Run(follows, now), cancellationToken);

    public Task<PeerTotals> ReadTotalsAsync(CancellationToken cancellationToken) => AloneAsync(
        () => new PeerTotals(
            Number("SELECT count(*) FROM audit"), Number("SELECT count(*) FROM accounts WHERE status <> 1"),
            Number("SELECT count(*) FROM edges"),
            Number("SELECT coalesce(sum(followers), 0) FROM accounts")),
        cancellationToken);

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private long Number(string sql)
    {
        using var command = Command(sql);
        return (long)command.ExecuteScalar()!;
    }

    private async Task<T> AloneAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
