namespace AccountGrid.Gateway.Services;

/// <summary>
/// Bounds the grain calls that all ingests together have under way, and finds out how many are good. It begins small, doubles with each round of prompt answers
/// and halves when they come late or a queue was full. So accounts in memory share large transactions, and accounts that must first be loaded do not
/// storm the store. First come, first served. Thread-safe.
/// </summary>
/// <param name="most">The largest bound.</param>
/// <param name="clock">For how long answers take.</param>
internal sealed class CallWindow(int most, TimeProvider clock)
{
    /// <summary>The smallest bound, and the first.</summary>
    public const int Least = 64;

    /// <summary>Who waits is called when a part of the bound is free, not for each place: a wake-up costs as much as it would give.</summary>
    private const int WakeUps = 16;

    /// <summary>An answer after this long is late: a quarter of what a placement waits for the store, so that there is time to slow down.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Queue<(int Wanted, TaskCompletionSource<int> Granted)> _waiting = new();
    private int _bound = Math.Min(Least, most);
    private int _underWay;
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

    /// <summary>Waits for places, and takes at least one of them. Ends soon, because calls do: nothing else needs to end it.</summary>
    /// <param name="wanted">1 or more.</param>
    /// <returns>How many were taken; each is to be given back by <see cref="Leave"/>.</returns>
    public Task<int> EnterAsync(int wanted)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && _underWay < _bound)
            {
                return Task.FromResult(Grant(wanted));
            }

            var granted = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((wanted, granted));
            return granted.Task;
        }
    }

    /// <summary>Gives a place back after a call.</summary>
    /// <param name="began">The clock's timestamp when the call began.</param>
    /// <param name="wasRefused">Whether a queue was full.</param>
    public void Leave(long began, bool wasRefused)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (wasRefused || clock.GetElapsedTime(began, now) > Late)
            {
                Halve(now);
            }
            else if (_bound < most && _waiting.Count > 0)
            {
                _bound++;
            }

            _underWay--;
            while (_bound - _underWay >= Math.Max(1, _bound / WakeUps) && _waiting.TryDequeue(out var next))
            {
                next.Granted.SetResult(Grant(next.Wanted));
            }
        }
    }

    private int Grant(int wanted)
    {
        var granted = Math.Min(wanted, _bound - _underWay);
        _underWay += granted;
        return granted;
    }

    /// <summary>Once per round: what was begun with the larger bound comes late too and says nothing new.</summary>
    private void Halve(long now)
    {
        if (_halved is not { } last || clock.GetElapsedTime(last, now) > Late)
        {
            _halved = now;
            _bound = Math.Max(_bound / 2, Math.Min(Least, most));
        }
    }
}
