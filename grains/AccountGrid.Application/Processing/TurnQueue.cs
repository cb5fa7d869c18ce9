namespace AccountGrid.Application;

/// <summary>
/// Hands out one turn at a time, first come first served, to a bounded number of waiters. Not thread-safe: all callers
/// run on the owner's scheduler, and so do all continuations.
/// </summary>
/// <param name="depth">How many may wait.</param>
/// <param name="waits">Counts those who wait here and elsewhere.</param>
internal sealed class TurnQueue(int depth, WaitCount waits)
{
    private readonly LinkedList<TaskCompletionSource> _waiters = new();
    private bool _taken;

    /// <summary>How many wait.</summary>
    public int Waiting => _waiters.Count;

    /// <summary>Whether the turn is given away now.</summary>
    public bool IsTaken => _taken;

    /// <summary>
    /// Waits for a turn. Answers <c>null</c> at once when <c>depth</c> others wait already, unless
    /// <paramref name="reserved"/>: the owner's own work, of which there is at most one at a time, must come through a
    /// storm.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; the place is free again.</exception>
    public async ValueTask<Turn?> EnterAsync(bool reserved, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_taken)
        {
            _taken = true;
            return new Turn(this);
        }

        if (_waiters.Count >= depth && !reserved)
        {
            return null;
        }

        var waiter = new LinkedListNode<TaskCompletionSource>(new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiters.AddLast(waiter);
        waits.Enter();
        try
        {
            await waiter.Value.Task.WaitAsync(cancellationToken);
            return new Turn(this);
        }
        catch (OperationCanceledException)
        {
            if (waiter.List is null)
            {
                // The turn was handed over before the cancellation was seen: pass it on.
                Leave();
            }
            else
            {
                Remove(waiter);
            }

            throw;
        }
    }

    private void Leave()
    {
        if (_waiters.First is { } next)
        {
            Remove(next);
            next.Value.SetResult();
        }
        else
        {
            _taken = false;
        }
    }

    private void Remove(LinkedListNode<TaskCompletionSource> waiter)
    {
        _waiters.Remove(waiter);
        waits.Leave();
    }

    /// <summary>A turn, until disposed; dispose exactly once.</summary>
    public readonly struct Turn(TurnQueue queue) : IDisposable
    {
        public void Dispose() => queue.Leave();
    }
}
