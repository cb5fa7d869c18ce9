using System.Diagnostics;
using System.Threading.Channels;
using AccountGrid.Application;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// What waits for the writers of one kind: bounded, first in, first out, but for operations whose key is in the
/// transaction already, which stay first for the next one. Thread-safe, for any number of writers.
/// </summary>
/// <param name="depth">Operations that may wait.</param>
/// <param name="rows">Rows that may wait, over all operations; one operation fits in any case.</param>
/// <param name="maxBatch">Most operations in a transaction.</param>
/// <param name="maxBatchRows">Most rows in a transaction, unless a single operation has more.</param>
internal sealed class WriteQueue<TOperation>(int depth, int rows, int maxBatch, int maxBatchRows)
    where TOperation : IKeyedWrite
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TOperation> _waiting = new();
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    // At most one token: it wakes one writer. A writer that leaves operations behind puts the token back.
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _waitingRows;
    private bool _closed;

    /// <summary>How many wait.</summary>
    public int Depth
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Adds an operation; <c>false</c> if the queue is full.</summary>
    /// <exception cref="StorageUnavailableException">The store is closing.</exception>
    public bool TryAdd(TOperation operation)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw StoreClosed.Closing();
            }

            if (_waiting.Count >= depth || (_waiting.Count > 0 && _waitingRows + operation.Rows > rows))
            {
                return false;
            }

            _waiting.AddLast(operation);
            _waitingRows += operation.Rows;
        }

        _signal.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Refuses what comes from now on; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        _signal.Writer.TryComplete();
    }

    /// <summary>
    /// Waits for work and moves the next transaction's operations into <paramref name="batch"/>; <c>false</c> once
    /// closed and empty.
    /// </summary>
    public async ValueTask<bool> TakeAsync(List<TOperation> batch)
    {
        while (true)
        {
            var open = await _signal.Reader.WaitToReadAsync().ConfigureAwait(false);
            _signal.Reader.TryRead(out _);
            var left = Fill(batch);
            if (left > 0)
            {
                _signal.Writer.TryWrite(true);
            }

            if (batch.Count > 0)
            {
                return true;
            }

            if (!open)
            {
                return false;
            }
        }
    }

    /// <summary>Fills a batch; how many are left.</summary>
    private int Fill(List<TOperation> batch)
    {
        lock (_gate)
        {
            var room = maxBatchRows;
            _keys.Clear();
            for (var node = _waiting.First; node is not null && batch.Count < maxBatch;)
            {
                var (operation, next) = (node.Value, node.Next);
                if (_keys.Add(operation.Key))
                {
                    if (operation.Rows > room && batch.Count > 0)
                    {
                        break;
                    }

                    batch.Add(operation);
                    _waiting.Remove(node);
                    _waitingRows -= operation.Rows;
                    room -= operation.Rows;
                }

                node = next;
            }

            Debug.Assert(_waitingRows == _waiting.Sum(static o => o.Rows), "Every row that waits is counted once.");
            return _waiting.Count;
        }
    }
}
