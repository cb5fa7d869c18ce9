namespace AccountGrid.Gateway.Services;

/// <summary>
/// Limits the grain calls that all ingests together have in flight, and adapts the limit. It begins small, doubles with
/// each round of prompt answers, and halves when answers are late or a queue is full. So accounts in memory share large
/// transactions, and accounts that must be loaded do not overload the store. First come, first served. Thread-safe.
/// </summary>
/// <param name="most">The largest limit.</param>
/// <param name="clock">Measures how long answers take.</param>
internal sealed class CallWindow(int most, TimeProvider clock)
{
    /// <summary>The smallest limit, and the first.</summary>
    public const int Least = 64;

    /// <summary>
    /// A waiting caller is woken when this part of the limit is free, not for each place, because a wake-up costs as
    /// much as a call.
    /// </summary>
    private const int WakeUps = 16;

    /// <summary>
    /// An answer after this long is late: a quarter of the time that a placement waits for the store, so that there is
    /// time to slow down.
    /// </summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Queue<(int Wanted, TaskCompletionSource<int> Granted)> _waiting = new();
    private int _limit = Math.Min(Least, most);
    private int _inFlight;
    private long? _halved;

    /// <summary>How many calls may be in flight now.</summary>
    public int Limit
    {
        get
        {
            lock (_gate)
            {
                return _limit;
            }
        }
    }

    /// <summary>
    /// Waits for places, and takes at least one. Not cancelable: it waits for calls only, and they end soon.
    /// </summary>
    /// <param name="wanted">1 or more.</param>
    /// <returns>How many were taken; each is to be given back by <see cref="Leave"/>.</returns>
    public Task<int> EnterAsync(int wanted)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && _inFlight < _limit)
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
            else if (_limit < most && _waiting.Count > 0)
            {
                _limit++;
            }

            _inFlight--;
            while (_limit - _inFlight >= Math.Max(1, _limit / WakeUps) && _waiting.TryDequeue(out var next))
            {
                next.Granted.SetResult(Grant(next.Wanted));
            }
        }
    }

    private int Grant(int wanted)
    {
        var granted = Math.Min(wanted, _limit - _inFlight);
        _inFlight += granted;
        return granted;
    }

    /// <summary>At most once a round: calls that began under the larger limit are late too.</summary>
    private void Halve(long now)
    {
        if (_halved is not { } last || clock.GetElapsedTime(last, now) > Late)
        {
            _halved = now;
            _limit = Math.Max(_limit / 2, Math.Min(Least, most));
        }
    }
}
