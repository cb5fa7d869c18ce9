using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// A fixed number of connections that only read. SQLite blocks its thread, so each read runs on a thread of the pool
/// and never on the caller's scheduler. Thread-safe.
/// </summary>
internal sealed class ReaderPool : IDisposable
{
    private const long CacheBytes = 8L << 20;

    private readonly ConcurrentBag<Database> _idle = [];
    private readonly ReadLimiter _limiter;
    private volatile bool _closed;

    public ReaderPool(string path, SqliteStorageOptions options, StorageDiagnostics diagnostics)
    {
        _limiter = new ReadLimiter(options, diagnostics);

        // All are opened at once and kept: the first read of each is as fast as any other, and the write-ahead log
        // always has a user.
        for (var i = 0; i < options.Readers; i++)
        {
            _idle.Add(Open(path, options));
        }
    }

    /// <summary>A connection that only reads.</summary>
    public static Database Open(string path, SqliteStorageOptions options)
    {
        var database = Database.Open(path, SqliteOpenMode.ReadOnly, options.BusyTimeout);
        database.SetCache(CacheBytes);
        return database;
    }

    /// <summary>Runs a read.</summary>
    /// <exception cref="Application.StorageUnavailableException">The store failed.</exception>
    /// <exception cref="Application.StorageOverloadedException">Too many reads are waiting.</exception>
    public Task<T> ReadAsync<T>(string what, Func<Database, T> read, CancellationToken cancellationToken) =>
        ReadAsync(_limiter.EnterReadAsync(cancellationToken), what, read, cancellationToken);

    /// <summary>Runs an existence check, of which fewer may wait.</summary>
    /// <exception cref="Application.StorageOverloadedException">Too many existence checks are waiting.</exception>
    public Task<T> CheckAsync<T>(string what, Func<Database, T> read, CancellationToken cancellationToken) =>
        ReadAsync(_limiter.EnterExistenceCheckAsync(cancellationToken), what, read, cancellationToken);

    /// <summary>Closes the connections; a read in progress closes its own when it ends.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var database))
        {
            database.Dispose();
        }
    }

    /// <summary>Runs a read that a cancellation stops in the middle, however long it is.</summary>
    public static T Interruptibly<T>(
        string what, Database database, Func<Database, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        database.Cancellation = cancellationToken;
        try
        {
            return read(database);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT
            && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Translate(what, e);
        }
        finally
        {
            database.Cancellation = CancellationToken.None;
        }
    }

    private async Task<T> ReadAsync<T>(
        ValueTask<ReadTurn> turn, string what, Func<Database, T> read, CancellationToken cancellationToken)
    {
        using var held = await turn.ConfigureAwait(false);
        return await Task.Run(() => Run(what, read, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private T Run<T>(string what, Func<Database, T> read, CancellationToken cancellationToken)
    {
        if (_closed || !_idle.TryTake(out var database))
        {
            throw StoreClosed.Closing();
        }

        try
        {
            return Interruptibly(what, database, read, cancellationToken);
        }
        finally
        {
            _idle.Add(database);
            if (_closed)
            {
                // The pool was emptied before this connection came back.
                Dispose();
            }
        }
    }
}
