using AccountGrid.Application;

namespace AccountGrid.Storage.Sqlite;

/// <summary>The last committed position, and a way to wait for a later one. Thread-safe; only the writer publishes.</summary>
internal sealed class CommitSignal(long head)
{
    private long _head = head;
    private TaskCompletionSource _next = NewSource();
    private volatile bool _closed;

    /// <summary>The last committed position.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Makes a commit known.</summary>
    public void Publish(long head)
    {
        if (head == Head)
        {
            return;
        }

        Volatile.Write(ref _head, head);
        Interlocked.Exchange(ref _next, NewSource()).TrySetResult();
    }

    /// <summary>Lets everybody who waits go, with an error.</summary>
    public void Close()
    {
        _closed = true;
        Volatile.Read(ref _next).TrySetResult();
    }

    /// <summary>Completes once a position above <paramref name="position"/> is committed.</summary>
    public async Task WaitForAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking: a commit after the look then completes this very source.
            var next = Volatile.Read(ref _next);
            if (Head > position)
            {
                return;
            }

            if (_closed)
            {
                throw new StorageUnavailableException("The store is closing.", inner: null, isTransient: true, outcomeUnknown: false);
            }

            await next.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
