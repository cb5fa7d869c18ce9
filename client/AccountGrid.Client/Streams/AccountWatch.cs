using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// A watch that resumes. Enumerated by one reader at a time; enumerated again, it goes on behind
/// <see cref="Position"/>. It throws <see cref="AccountGridException"/> where no reconnecting helps (the token is
/// refused, the role is missing, a restored journal ends before the position), and where the server was not there in
/// the first place for as many attempts as calls have; once it was connected, it never gives up.
/// </summary>
public sealed class AccountWatch : IAsyncEnumerable<WatchEventsResponse>
{
    private readonly EventStream _stream;
    private int _readers;

    internal AccountWatch(EventStream stream) => _stream = stream;

    /// <summary>
    /// Everything up to here has been read: keep it to go on later by <see cref="AccountWatchOptions.AfterPosition"/>.
    /// <c>null</c> while it watches from now on and has never been connected. Any thread may read it.
    /// </summary>
    public long? Position => _stream.Position;

    /// <inheritdoc />
    public async IAsyncEnumerator<WatchEventsResponse> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _readers, 1) != 0)
        {
            throw new InvalidOperationException("A watch has one reader at a time.");
        }

        try
        {
            await foreach (var step in _stream.ReadAsync(cancellationToken))
            {
                if (step.Event is { } happened)
                {
                    yield return happened;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }
}
