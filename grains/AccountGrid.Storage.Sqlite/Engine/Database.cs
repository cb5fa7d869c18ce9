using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccountGrid.Storage.Sqlite;

/// <summary>One connection and its prepared statements. Used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    /// <summary>The name of the database in the data directory.</summary>
    public const string FileName = "accountgrid.db";

    /// <summary>
    /// Steps of SQLite's machine between two looks at the cancellation: well under a millisecond, and rare enough to
    /// cost nothing.
    /// </summary>
    private const int StepsBetweenLooks = 10_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private Database(SqliteConnection connection) => _connection = connection;

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>
    /// Makes the statement under way fail with <c>SQLITE_INTERRUPT</c>, however early it comes; sqlite3_interrupt does
    /// nothing before a statement's first step. Set by the thread that uses the connection.
    /// </summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static Database Open(string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            // Connections live as long as the store: a pool would only keep the file open behind it.
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            var database = new Database(connection);
            raw.sqlite3_progress_handler(
                database.Handle, StepsBetweenLooks,
                static d => ((Database)d).Cancellation.IsCancellationRequested ? 1 : 0, database);
            // Set on the connection itself: SQLite then sleeps between tries, in steps that suit it.
            SqliteException.ThrowExceptionForRC(
                raw.sqlite3_busy_timeout(database.Handle, (int)busyTimeout.TotalMilliseconds), database.Handle);
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The prepared statement of a text; the texts are few and fixed, so each is prepared once per connection.
    /// </summary>
    public Statement Use(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new Statement(Handle, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Runs statements that are not kept, such as pragmas and migrations.</summary>
    public void Execute(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(Handle, sql), Handle);

    /// <summary>The first column of the first row of a statement that is not kept.</summary>
    public long Scalar(string sql)
    {
        var statement = new Statement(Handle, sql);
        try
        {
            return statement.Step() ? statement.Int64(0) : 0;
        }
        finally
        {
            statement.Close();
        }
    }

    /// <summary>Whether closing the last connection copies the write-ahead log into the database file.</summary>
    public void CheckpointOnClose(bool enabled) => SqliteException.ThrowExceptionForRC(
        raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, enabled ? 0 : 1, out _), Handle);

    /// <summary>Page cache in bytes.</summary>
    public void SetCache(long bytes) =>
        Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size = -{bytes >> 10}"));

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _connection.Dispose();
    }
}
