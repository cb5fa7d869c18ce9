using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// What one person or service has spent within the window: charges from the accounts' journals, and reservations for
/// harms whose end is not known yet. Runs on its processor's scheduler; only <see cref="Use"/> is for any thread.
/// </summary>
internal sealed class HarmBudget(Actor by, OperatorServices services)
{
    private readonly Dictionary<long, HarmCharge> _reserved = [];

    /// <summary>The earliest first, so that what leaves the window is found without a look at the rest.</summary>
    private readonly PriorityQueue<HarmCharge, DateTimeOffset> _charges = new();

    private readonly Lock _gate = new();
    private long _reach;
    private long _lastNumber;
    private long _changes;
    private long _wanted = 1;
    private long _loaded;
    private TimeSpan _loadedWindow;

    /// <summary>Reads the charges where memory does not have them all.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        // A longer window has charges that were never read, or are forgotten.
        while (_loaded < _wanted || _loadedWindow < services.Policy.BudgetWindow)
        {
            var (wanted, changes, window) = (_wanted, _changes, services.Policy.BudgetWindow);
            var charges = await services.Harms.ReadChargesAsync(
                by, services.Clock.GetUtcNow() - window, cancellationToken);
            if (changes != _changes)
            {
                // One was settled or read while this read: what was read may lack it.
                continue;
            }

            _changes++;
            (_loaded, _loadedWindow) = (wanted, window);
            lock (_gate)
            {
                _charges.Clear();
                _charges.EnqueueRange(charges.Select(static charge => (charge, charge.At)));
                _reach = charges.Sum(static charge => charge.Reach);
            }

            if (charges.Length > 0)
            {
                services.Diagnostics.Moderation.Budgets.Show(by, this);
            }
        }
    }

    /// <summary>Reserves a harm, or says why it does not fit.</summary>
    public (long? Reservation, Refusal? Refusal) Reserve(HarmIntent intent, DateTimeOffset now)
    {
        services.Diagnostics.Moderation.Budgets.Show(by, this);
        lock (_gate)
        {
            Forget();
            var (harms, reach) = Sum();
            if (!Budget.Fits(harms, reach, intent.Reach, services.Policy, by.Kind)
                && Budget.Check(All, intent.Reach, now, services.Policy, by.Kind) is { } refusal)
            {
                return (null, refusal);
            }

            // Numbers follow the clock, so that one of an earlier activation is never mistaken for one of this.
            _lastNumber = Math.Max(_lastNumber + 1, Microseconds.Of(now));
            _reserved.Add(_lastNumber, new HarmCharge(now, intent.Reach));
            return (_lastNumber, null);
        }
    }

    /// <summary>
    /// Says what became of a reservation. An unknown one that happened was made by an earlier activation: the charges
    /// are read again.
    /// </summary>
    public void Settle(long reservation, DateTimeOffset? happenedAt)
    {
        lock (_gate)
        {
            if (_reserved.Remove(reservation, out var charge))
            {
                if (happenedAt is { } at)
                {
                    _changes++;
                    _charges.Enqueue(charge with { At = at }, at);
                    _reach += charge.Reach;
                }
            }
            else if (happenedAt is not null)
            {
                _wanted++;
            }
        }
    }

    /// <summary>Number and reach within the window, reservations included.</summary>
    public (int Harms, long Reach) Spent()
    {
        lock (_gate)
        {
            Forget();
            return Sum();
        }
    }

    /// <summary>How much of each ceiling is used now, reservations included. Safe from any thread.</summary>
    public (double Actions, double Reach) Use()
    {
        lock (_gate)
        {
            return Budget.UseOf(All, services.Clock.GetUtcNow(), services.Policy, by.Kind);
        }
    }

    /// <summary>Reads the charges again before the next reservation: another activation may have made some.</summary>
    public void Reread()
    {
        lock (_gate)
        {
            _wanted++;
        }
    }

    private IEnumerable<HarmCharge> All =>
        _charges.UnorderedItems.Select(static item => item.Element).Concat(_reserved.Values);

    private (int Harms, long Reach) Sum() =>
        (_charges.Count + _reserved.Count, checked(_reach + _reserved.Values.Sum(static charge => charge.Reach)));

    private DateTimeOffset WindowStart => services.Clock.GetUtcNow() - services.Policy.BudgetWindow;

    /// <summary>What has left the window no longer counts, including a reservation that was never settled.</summary>
    private void Forget()
    {
        var from = WindowStart;
        _loadedWindow = TimeSpan.FromTicks(Math.Min(_loadedWindow.Ticks, services.Policy.BudgetWindow.Ticks));
        while (_charges.TryPeek(out var earliest, out var at) && at <= from)
        {
            _charges.Dequeue();
            _reach -= earliest.Reach;
        }

        foreach (var (number, charge) in _reserved)
        {
            if (charge.At <= from)
            {
                _reserved.Remove(number);
            }
        }
    }
}
