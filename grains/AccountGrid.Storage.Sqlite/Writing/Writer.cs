using System.Diagnostics;
using AccountGrid.Application;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// The only writer of the database: one thread with one connection that puts everything that waits into one
/// transaction, and answers each caller after its commit. A failure fails operations, never the writer.
/// </summary>
internal sealed partial class Writer
{
    private readonly string _path;
    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly StorageDiagnostics _diagnostics;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue;
    private readonly CommitSignal _signal;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The writer's thread alone touches these two. No connection: the next batch opens one.
    private Database? _database;
    private bool _commitFailed;

    /// <summary>Takes over an open, migrated connection and begins to write.</summary>
    public Writer(
        Database database, string path, SqliteStorageOptions options, WriteQueue queue, CommitSignal signal,
        TimeProvider clock, StorageDiagnostics diagnostics, ILogger logger)
    {
        (_database, _path, _options, _queue, _signal, _clock, _diagnostics, _logger) =
            (database, path, options, queue, signal, clock, diagnostics, logger);
        new Thread(Loop) { IsBackground = true, Name = "accountgrid-storage-writer" }.Start();
    }

    /// <summary>Hands an operation to the writer.</summary>
    /// <exception cref="StorageOverloadedException">The queue is full.</exception>
    public Task<T> WriteAsync<T>(DatabaseWrite<T> operation)
    {
        if (_queue.TryAdd(operation))
        {
            return operation.Task;
        }

        throw _diagnostics.Refuse(operation.IsFollow ? StoreQueue.Follows : StoreQueue.Commands, _options.RetryAfter);
    }

    /// <summary>Writes what waits, then closes the connection.</summary>
    public Task CloseAsync()
    {
        _queue.Close();
        return _stopped.Task;
    }

    private void Loop()
    {
        var batch = new List<IDatabaseWrite>();
        while (_queue.Take(batch))
        {
            try
            {
                Write(batch);
            }
            catch (Exception e)
            {
                // Nothing is known to lead here, and nothing may end the writer: callers would wait for ever.
                Drop();
                batch.ForEach(o => Fail(o, new Failure(e, InCommit: true)));
            }

            batch.Clear();
        }

        Drop();
        _stopped.SetResult();
    }

    private void Write(List<IDatabaseWrite> batch)
    {
        if (TryCommit(batch) is not { } failure)
        {
            return;
        }

        if (batch.Count == 1)
        {
            Fail(batch[0], failure);
            return;
        }

        // One of them may be at fault, and the others must not fail with it.
        LogBatchFailed(batch.Count, failure.Cause);
        foreach (var operation in batch)
        {
            if (TryCommit([operation]) is { } own)
            {
                Fail(operation, own with { InCommit = own.InCommit || failure.InCommit });
            }
        }
    }

    /// <summary>Commits a batch and answers its callers, or undoes it and says what failed.</summary>
    private Failure? TryCommit(List<IDatabaseWrite> batch)
    {
        var rows = batch.Sum(static o => o.Rows);
        using var activity = _diagnostics.StartCommit(batch, rows);
        var started = _clock.GetTimestamp();
        var inCommit = false;
        long head;
        try
        {
            var database = _database ??= DatabaseFile.OpenWriter(_path, _options);
            Debug.Assert(!database.InTransaction, "Every transaction before was committed or undone.");
            database.Execute("BEGIN IMMEDIATE");
            var session = new WriteSession(database, _commitFailed ? JournalHead.Read(database) : _signal.Head);
            foreach (var operation in batch)
            {
                operation.Execute(session);
            }

            Debug.Assert(session.Head >= _signal.Head, "Positions only grow, and no other writer gives them out.");
            inCommit = true;
            database.Execute("COMMIT");
            head = session.Head;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            _commitFailed |= inCommit;
            Undo();
            return new Failure(e, inCommit);
        }

        _commitFailed = false;
        _diagnostics.Committed(_clock.GetElapsedTime(started), batch.Count, rows);

        // Readers hear of the commit before the callers do: a caller that was answered reads its own entry.
        _signal.Publish(head);
        foreach (var operation in batch)
        {
            operation.Complete();
        }

        return null;
    }

    /// <summary>Leaves no transaction open, whatever state the failure left behind.</summary>
    private void Undo()
    {
        var drop = false;
        try
        {
            if (_database is { InTransaction: true })
            {
                _database.Execute("ROLLBACK");
            }

            drop = _database is { InTransaction: true };
        }
        catch (Exception e)
        {
            LogRollbackFailed(e);
            drop = true;
        }

        if (drop)
        {
            Drop();
        }
    }

    private void Drop()
    {
        try
        {
            _database?.Dispose();
        }
        catch (Exception e)
        {
            LogCloseFailed(e);
        }
        finally
        {
            _database = null;
        }
    }

    private void Fail(IDatabaseWrite operation, Failure failure)
    {
        if (failure.Cause is SqliteException e)
        {
            var kind = SqliteFailure.KindOf(e);
            _diagnostics.WriteFailed(kind, _clock.GetUtcNow());
            LogOperationFailed(operation.What, kind, e.SqliteExtendedErrorCode);
            operation.Fail(SqliteFailure.Translate(operation.What, e, outcomeUnknown: failure.InCommit));
        }
        else
        {
            _diagnostics.Failed("fault");
            LogOperationFaulted(operation.What, failure.Cause);
            operation.Fail(failure.Cause);
        }
    }

    /// <param name="Cause">The exception.</param>
    /// <param name="InCommit">
    /// Whether it happened in COMMIT itself, when the log may already hold the transaction.
    /// </param>
    private sealed record Failure(Exception Cause, bool InCommit);
}
