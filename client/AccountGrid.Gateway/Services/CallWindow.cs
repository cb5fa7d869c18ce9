namespace AccountGrid.Gateway.Services;

/// <summary>
/// Bounds the grain calls that all ingests together have under way, and finds out how many are good. It begins small, doubles with each round of prompt answers
/// and halves when they come late or a queue was full. So accounts in memory share large transactions, and accounts that must first be loaded do not
/// storm the store. First come, first served. Thread-safe.
/// </summary>
/// <param name="most">The largest bound.</param>
/// <param name="clock">For how long answers take.</param>
internal sealed class CallWindow(int most, TimeProvider clock) : IDisposable
{
    /// <summary>The smallest bound, and the first.</summary>
    public const int Least = 64;

    /// <summary>An answer after this long is late: a quarter of what a placement waits for the store, so that there is time to slow down.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _places = new(Math.Min(Least, most));
    private readonly Lock _gate = new();
    private int _bound = Math.Min(Least, most);

    /// <summary>Places to be kept instead of given back, since the bound was halved.</summary>
    private int _surplus;
    private long? _halved;

    /// <summary>How many calls may be under way now.</summary>
    public int Bound
    {
        get
        {
            lock (_gate)
            {
                return _bound;
            }
        }
    }

    /// <summary>Waits for a place.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _places.WaitAsync(cancellationToken);

    /// <summary>Gives a place back.</summary>
    /// <param name="began">The clock's timestamp when the call began.</param>
    /// <param name="wasRefused">Whether a queue was full.</param>
    public void Leave(long began, bool wasRefused)
    {
        var freed = 1;
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (wasRefused || clock.GetElapsedTime(began, now) > Late)
            {
                Halve(now);
            }
            else if (_surplus == 0 && _bound < most && _places.CurrentCount == 0)
            {
                _bound++;
                freed++;
            }

            if (_surplus > 0)
            {
                _surplus--;
                freed--;
            }
        }

        if (freed > 0)
        {
            _places.Release(freed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    /// <summary>Once per round: what was begun with the larger bound comes late too and says nothing new.</summary>
    private void Halve(long now)
    {
        if (_halved is not { } last || clock.GetElapsedTime(last, now) > Late)
        {
            _halved = now;
            var bound = Math.Max(_bound / 2, Math.Min(Least, most));
            _surplus += _bound - bound;
            _bound = bound;
        }
    }
}
