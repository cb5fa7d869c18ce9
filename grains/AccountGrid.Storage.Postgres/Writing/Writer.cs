using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// One connection that puts everything that waits in a queue into one transaction, and answers each caller after its
/// commit. While one batch is under way the next one gathers. A failure fails operations, never the writer: the next
/// batch gets a new connection if need be.
/// </summary>
internal sealed partial class Writer<TOperation>
    where TOperation : IKeyedWrite
{
    private static readonly TimeSpan PauseAfterContention = TimeSpan.FromMilliseconds(50);

    private readonly WriteQueue<TOperation> _queue;
    private readonly Connections _connections;
    private readonly Func<IBatchStatement<TOperation>> _newStatement;
    private readonly CommitSignal _signal;
    private readonly TimeSpan _lockTimeout;
    private readonly TimeProvider _clock;
    private readonly StorageDiagnostics _diagnostics;
    private readonly ILogger _logger;
    private readonly Task _stopped;

    // The loop alone touches these. None: the next batch opens them.
    private NpgsqlConnection? _connection;
    private IBatchStatement<TOperation>? _statement;
    private int _generation;

    /// <summary>Begins to write.</summary>
    public Writer(
        WriteQueue<TOperation> queue, Connections connections, Func<IBatchStatement<TOperation>> newStatement,
        CommitSignal signal,
        TimeSpan lockTimeout, TimeProvider clock, StorageDiagnostics diagnostics, ILogger logger)
    {
        (_queue, _connections, _newStatement, _signal, _lockTimeout, _clock, _diagnostics, _logger) =
            (queue, connections, newStatement, signal, lockTimeout, clock, diagnostics, logger);
        _stopped = Task.Run(LoopAsync);
    }

    /// <summary>Completes once the queue is closed, what waited is written and the connection closed.</summary>
    public Task Stopped => _stopped;

    private async Task LoopAsync()
    {
        var batch = new List<TOperation>();
        while (await _queue.TakeAsync(batch).ConfigureAwait(false))
        {
            try
            {
                await WriteAsync(batch).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Nothing is known to lead here, and nothing may end the writer: callers would wait for ever.
                await DropAsync().ConfigureAwait(false);
                Fail(batch, new Failure(e, Stage.Sent));
            }

            batch.Clear();
        }

        await DropAsync().ConfigureAwait(false);
    }

    private async Task WriteAsync(List<TOperation> batch)
    {
        var failure = await TryCommitAsync(batch).ConfigureAwait(false);
        if (failure is { IsContention: true }
            || (failure is { IsLockTimeout: true } && await EndStalledSessionsAsync().ConfigureAwait(false)))
        {
            LogTriedAgain(batch.Count, PostgresFailure.KindOf(failure.Cause));

            // The one that was let through needs a moment to take what this one gave up; at once, the two might meet in
            // the same way again.
            await Task.Delay(PauseAfterContention, _clock).ConfigureAwait(false);
            failure = await TryCommitAsync(batch).ConfigureAwait(false);
        }

        if (failure is null)
        {
            return;
        }

        if (batch.Count == 1 || !failure.IsOfOneOperation)
        {
            Fail(batch, failure);
            return;
        }

        // One of them is at fault, and the others must not fail with it.
        LogBatchFailed(batch.Count, PostgresFailure.KindOf(failure.Cause));
        foreach (var operation in batch)
        {
            if (await TryCommitAsync([operation]).ConfigureAwait(false) is { } own)
            {
                Fail([operation], own);
            }
        }
    }

    /// <summary>Commits a batch and answers its callers, or says what failed, and how far it had come.</summary>
    private async Task<Failure?> TryCommitAsync(List<TOperation> batch)
    {
        Debug.Assert(
            batch.Count > 0 && batch.DistinctBy(static o => o.Key).Count() == batch.Count,
            "A transaction has at least one operation, and one of each key.");
        var rows = batch.Sum(static o => o.Rows);
        using var activity = _diagnostics.StartCommit(batch, rows);
        var started = _clock.GetTimestamp();
        var stage = Stage.Opening;
        long head;
        try
        {
            var statement = await OpenAsync().ConfigureAwait(false);
            stage = Stage.Binding;
            statement.Bind(batch);
            stage = Stage.Sent;
            head = await statement.ExecuteAsync(batch).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, PostgresFailure.KindOf(e));
            var failure = new Failure(e, stage);
            if (stage != Stage.Binding && !PostgresFailure.IsUndone(e))
            {
                await DropAsync().ConfigureAwait(false);
            }

            return failure;
        }

        _diagnostics.Committed(_clock.GetElapsedTime(started), batch.Count, rows);

        // Readers hear of the commit before the callers do: a caller that was answered reads its own entry.
        _signal.Publish(head);
        foreach (var operation in batch)
        {
            operation.Complete();
        }

        return null;
    }

    /// <summary>After a lock was not granted: ends the sessions that would never release it.</summary>
    /// <returns>Whether any was ended.</returns>
    private async Task<bool> EndStalledSessionsAsync()
    {
        try
        {
            // Half of the lock timeout: a session that took the lock in the meantime has stalled for nearly all of it.
            var ended = _connection is null
                ? 0
                : await StalledSessions.EndAsync(_connection, _lockTimeout / 2, CancellationToken.None)
                    .ConfigureAwait(false);
            if (ended > 0)
            {
                LogSessionsEnded(ended);
            }

            return ended > 0;
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            await DropAsync().ConfigureAwait(false);
            return false;
        }
    }

    private async Task<IBatchStatement<TOperation>> OpenAsync()
    {
        var generation = _connections.Generation;
        if (_statement is not null && generation == _generation)
        {
            return _statement;
        }

        await DropAsync().ConfigureAwait(false);
        _generation = generation;
        _connection = await _connections.OpenWriterAsync(CancellationToken.None).ConfigureAwait(false);
        var statement = _newStatement();
        await statement.PrepareAsync(_connection, CancellationToken.None).ConfigureAwait(false);
        return _statement = statement;
    }

    private async Task DropAsync()
    {
        try
        {
            if (_statement is not null)
            {
                await _statement.DisposeAsync().ConfigureAwait(false);
            }

            if (_connection is not null)
            {
                await _connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            // It is given up in any case.
        }
        finally
        {
            (_statement, _connection) = (null, null);
        }
    }

    private void Fail(List<TOperation> batch, Failure failure)
    {
        var (kind, what) = (PostgresFailure.KindOf(failure.Cause), batch[0].What);
        if (PostgresFailure.IsOurs(failure.Cause))
        {
            LogOperationsFailed(what, batch.Count, kind, failure.OutcomeUnknown ? ", outcome unknown" : "");
        }
        else
        {
            LogOperationFaulted(what, failure.Cause);
        }

        foreach (var operation in batch)
        {
            _diagnostics.WriteFailed(kind, _clock.GetUtcNow());
            operation.Fail(failure.OutcomeUnknown || PostgresFailure.IsOurs(failure.Cause)
                ? PostgresFailure.Translate(what, failure.Cause, failure.OutcomeUnknown)
                : failure.Cause);
        }
    }

    private enum Stage
    {
        /// <summary>No connection yet.</summary>
        Opening,

        /// <summary>Nothing sent yet.</summary>
        Binding,

        /// <summary>The server may have it, and may have committed it.</summary>
        Sent,
    }

    /// <param name="Cause">The exception.</param>
    /// <param name="Stage">How far it had come.</param>
    private sealed record Failure(Exception Cause, Stage Stage)
    {
        /// <summary>Sent, and the server did not say that it undid it.</summary>
        public bool OutcomeUnknown => Stage == Stage.Sent && !PostgresFailure.IsUndone(Cause);

        public bool IsContention =>
            Stage == Stage.Sent && PostgresFailure.IsUndone(Cause) && PostgresFailure.IsContention(Cause);

        public bool IsLockTimeout =>
            Stage == Stage.Sent && Cause is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

        public bool IsOfOneOperation =>
            Stage == Stage.Binding
                || (Stage == Stage.Sent && PostgresFailure.IsUndone(Cause) && PostgresFailure.IsOfOneOperation(Cause));
    }
}
