using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>The accounts and the position of a watch.</summary>
public sealed class AccountWatchOptions
{
    /// <summary>The most accounts that one watch may name.</summary>
    public const int MaxAccounts = 1000;

    /// <summary>Resume behind this position; <c>null</c> = from now on; 0 = from the beginning. Not negative.</summary>
    public long? AfterPosition { get; set; }

    /// <summary>Only these accounts; empty = all. At most <see cref="MaxAccounts"/>, each positive.</summary>
    public IReadOnlyCollection<long> Accounts { get; set; } = [];

    /// <summary>
    /// How often the server says how far the stream is while there is nothing to tell.
    /// <see cref="AccountWatch.Position"/> moves with it, and a stream over which nothing came for three times as long
    /// is taken for broken. Default 10 seconds; 100 milliseconds to 1 minute.
    /// </summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        if (AfterPosition < 0)
        {
            throw new ArgumentException($"{nameof(AfterPosition)} is {AfterPosition}; it must not be negative.");
        }

        if (Accounts.Count > MaxAccounts || Accounts.Any(static id => id <= 0))
        {
            throw new ArgumentException($"{nameof(Accounts)} must be at most {MaxAccounts} positive ids.");
        }

        if (ProgressInterval < EventStreamSettings.LeastProgress || ProgressInterval > EventStreamSettings.MostProgress)
        {
            throw new ArgumentException(
                $"{nameof(ProgressInterval)} is {ProgressInterval}; it must be from "
                    + $"{EventStreamSettings.LeastProgress} to {EventStreamSettings.MostProgress}.");
        }
    }
}

/// <summary>
/// A watch that resumes. Enumerated by one reader at a time; enumerated again, it goes on behind
/// <see cref="Position"/>. It throws <see cref="AccountGridException"/> where no reconnecting helps (the token is
/// refused, the role is missing), and where the server was not there in the first place for as many attempts as calls
/// have; once it was connected, it never gives up.
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
