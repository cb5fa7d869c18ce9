using System.Collections.Concurrent;
using AccountGrid.Application;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// A fixed number of connections that only read. SQLite blocks, so each read has a thread of the pool for its time and never runs on the
/// caller's scheduler; those beyond the number of connections wait in turn, and those beyond the bound are refused. Thread-safe.
/// </summary>
internal sealed class ReaderPool : IDisposable
{
    private const long CacheBytes = 8L << 20;

    private readonly SqliteStorageOptions _options;
    private readonly StorageDiagnostics _diagnostics;
    private readonly ConcurrentBag<Database> _idle = [];
    private readonly SemaphoreSlim _turns;
    private readonly Bound _reads;
    private readonly Bound _exists;
    private volatile bool _closed;

    public ReaderPool(string path, SqliteStorageOptions options, StorageDiagnostics diagnostics)
    {
        (_options, _diagnostics) = (options, diagnostics);
        _turns = new SemaphoreSlim(options.Readers, options.Readers);
        _reads = new Bound("reads", "The queue of reads", options.ReadQueueDepth);
        _exists = new Bound("exists", "The queue of existence checks", options.ExistsQueueDepth);

        // All at once and kept: the first read of each is as fast as any other, and the write-ahead log is never without a user.
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
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    /// <exception cref="StorageOverloadedException">Too many reads are waiting.</exception>
    public Task<T> ReadAsync<T>(string what, Func<Database, T> read, CancellationToken cancellationToken) =>
        ReadAsync(_reads, what, read, cancellationToken);

    /// <summary>Runs an existence check, of which only a few may be under way.</summary>
    /// <exception cref="StorageOverloadedException">Too many are under way.</exception>
    public Task<T> CheckAsync<T>(string what, Func<Database, T> read, CancellationToken cancellationToken) =>
        ReadAsync(_exists, what, read, cancellationToken);

    /// <summary>Closes the connections; reads that are under way close theirs when they end.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var database))
        {
            database.Dispose();
        }
    }

    private async Task<T> ReadAsync<T>(Bound bound, string what, Func<Database, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!bound.TryEnter())
        {
            _diagnostics.Refused(bound.Name);
            throw new StorageOverloadedException(bound.Title, _options.RetryAfter);
        }

        try
        {
            await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => Run(what, read, cancellationToken), CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            bound.Leave();
        }
    }

    private T Run<T>(string what, Func<Database, T> read, CancellationToken cancellationToken)
    {
        if (_closed || !_idle.TryTake(out var database))
        {
            throw new StorageUnavailableException("The store is closing.", inner: null, isTransient: true, outcomeUnknown: false);
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
                // After the one that emptied the bag.
                Dispose();
            }
        }
    }

    /// <summary>Runs a read that a cancellation stops in the middle, however long it is.</summary>
    public static T Interruptibly<T>(string what, Database database, Func<Database, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Disposing the registration waits for an interrupt that is under way: none can hit the connection's next user.
        using var registration = cancellationToken.UnsafeRegister(static d => ((Database)d!).Interrupt(), database);
        try
        {
            return read(database);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Translate(what, e);
        }
    }
}
