using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>
/// The last committed position that this process knows of, and a way to wait for a later one. Thread-safe: the writer,
/// the listener and readers publish, and an older position changes nothing.
/// </summary>
/// <param name="head">The last position when the store was opened.</param>
public sealed class CommitSignal(long head)
{
    private long _head = head;
    private TaskCompletionSource _next = NewSource();
    private volatile bool _closed;

    /// <summary>The last committed position known.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Makes a commit known.</summary>
    public void Publish(long head)
    {
        for (var known = Head; head > known;)
        {
            var before = Interlocked.CompareExchange(ref _head, head, known);
            if (before == known)
            {
                Interlocked.Exchange(ref _next, NewSource()).TrySetResult();
                return;
            }

            known = before;
        }
    }

    /// <summary>Ends every wait with an error.</summary>
    public void Close()
    {
        _closed = true;
        Volatile.Read(ref _next).TrySetResult();
    }

    /// <summary>Completes once a position above <paramref name="position"/> is committed.</summary>
    /// <exception cref="StorageUnavailableException">The store is closing.</exception>
    public async Task WaitForAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the check: a commit after the check then completes this source.
            var next = Volatile.Read(ref _next);
            if (Head > position)
            {
                return;
            }

            if (_closed)
            {
                throw StoreClosed.Closing();
            }

            await next.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
