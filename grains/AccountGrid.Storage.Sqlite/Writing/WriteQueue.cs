using System.Diagnostics;
using AccountGrid.Application;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// What waits for the writer: commands and follow batches, each bounded and first in, first out. Commands go first, but
/// never twice in a row past a follow batch that is too large to travel with them, so that neither starves the other.
/// Thread-safe.
/// </summary>
internal sealed class WriteQueue(SqliteStorageOptions options)
{
    /// <summary>
    /// Rows of follows that may share a transaction with commands: few enough that a command hardly notices (about 2
    /// ms).
    /// </summary>
    public const int FollowRowsBesideCommands = 1_000;

    /// <summary>
    /// Rows of follows in a transaction without commands, unless a single batch has more. However many batches that
    /// are: those of one follow each are what profits most from going together.
    /// </summary>
    public const int FollowRowsAlone = 10_000;

    private readonly object _gate = new();
    private readonly Queue<IDatabaseWrite> _commands = new();
    private readonly Queue<IDatabaseWrite> _follows = new();
    private int _followRows;
    private bool _followsAreNext;
    private bool _closed;

    /// <summary>How many wait.</summary>
    public (int Commands, int Follows) Depth
    {
        get
        {
            lock (_gate)
            {
                return (_commands.Count, _follows.Count);
            }
        }
    }

    /// <summary>Adds an operation; <c>false</c> if its queue is full.</summary>
    /// <exception cref="StorageUnavailableException">The store is closing.</exception>
    public bool TryAdd(IDatabaseWrite operation)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw StoreClosed.Closing();
            }

            if (operation.IsFollow ? !HasRoomForFollows(operation.Rows) : _commands.Count >= options.WriterQueueDepth)
            {
                return false;
            }

            if (operation.IsFollow)
            {
                _follows.Enqueue(operation);
                _followRows += operation.Rows;
            }
            else
            {
                _commands.Enqueue(operation);
            }

            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Refuses what comes from now on; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Waits for work and moves the next transaction's operations into <paramref name="batch"/>; <c>false</c> once
    /// closed and empty.
    /// </summary>
    public bool Take(List<IDatabaseWrite> batch)
    {
        lock (_gate)
        {
            while (_commands.Count == 0 && _follows.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            Fill(batch);
            return true;
        }
    }

    private bool HasRoomForFollows(int rows) =>
        _follows.Count < options.WriterQueueDepth
            && (_follows.Count == 0 || _followRows + rows <= options.FollowQueueChanges);

    private void Fill(List<IDatabaseWrite> batch)
    {
        if (!_followsAreNext || _follows.Count == 0)
        {
            while (batch.Count < options.MaxBatch && _commands.TryDequeue(out var command))
            {
                batch.Add(command);
            }
        }

        var commands = batch.Count;
        var room = commands == 0 ? FollowRowsAlone : FollowRowsBesideCommands;
        while (_follows.TryPeek(out var follow) && (follow.Rows <= room || batch.Count == 0))
        {
            batch.Add(_follows.Dequeue());
            _followRows -= follow.Rows;
            room -= follow.Rows;
        }

        Debug.Assert(batch.Count > 0, "A batch that is handed out has work.");
        Debug.Assert(_followRows == _follows.Sum(static o => o.Rows), "Every row that waits is counted once.");
        _followsAreNext = commands > 0 && batch.Count == commands && _follows.Count > 0;
    }
}
