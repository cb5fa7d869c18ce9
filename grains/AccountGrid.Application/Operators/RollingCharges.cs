using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// A rolling sum of harms: charges that were read from the accounts' journals, and reservations for harms whose end is
/// not known yet. <see cref="LoadAsync"/> runs on its owner's scheduler; everything else is for any thread.
/// </summary>
/// <param name="countsAfter">
/// Charges up to this instant do not count. It grows with the time, and goes back where the window becomes longer.
/// </param>
/// <param name="read">Reads the charges after an instant.</param>
internal sealed class RollingCharges(
    Func<DateTimeOffset> countsAfter,
    Func<DateTimeOffset, CancellationToken, Task<ImmutableArray<HarmCharge>>> read)
{
    private readonly Dictionary<long, HarmCharge> _reserved = [];

    /// <summary>The earliest first, so that what no longer counts is found without a look at the rest.</summary>
    private readonly PriorityQueue<HarmCharge, DateTimeOffset> _charges = new();

    private readonly Lock _gate = new();
    private long _reach;
    private long _reservedReach;

    /// <summary>No reservation is older.</summary>
    private DateTimeOffset _reservedSince = DateTimeOffset.MaxValue;

    private long _lastNumber;
    private long _changes;
    private long _wanted = 1;
    private long _loaded;

    /// <summary>Memory has the charges after this instant.</summary>
    private DateTimeOffset _knownAfter = DateTimeOffset.MaxValue;

    /// <summary>Every charge and reservation, in no order.</summary>
    public ImmutableArray<HarmCharge> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _charges.UnorderedItems.Select(static item => item.Element), .. _reserved.Values];
            }
        }
    }

    /// <summary>Whether memory has every charge that counts now.</summary>
    public bool IsLoaded => Missing() is null;

    /// <summary>Reads the charges where memory does not have them all.</summary>
    /// <returns>Whether it read any.</returns>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        var found = false;
        while (Missing() is { } missing)
        {
            var charges = await read(missing.After, cancellationToken);
            found = Adopt(missing, charges) ? charges.Length > 0 : found;
        }

        return found;
    }

    /// <summary>Reserves a harm if it fits beside what counts now.</summary>
    /// <param name="reach">Its followers.</param>
    /// <param name="now">The instant of the reservation.</param>
    /// <param name="fits">Whether it fits beside so many harms of so much reach.</param>
    /// <returns>The reservation's number, or <c>null</c>.</returns>
    public long? Reserve(long reach, DateTimeOffset now, Func<int, long, bool> fits)
    {
        lock (_gate)
        {
            Forget();
            var (harms, sum) = Sum();
            if (!fits(harms, sum))
            {
                return null;
            }

            // Numbers follow the clock, so that one of an earlier activation is never mistaken for one of this.
            _lastNumber = Math.Max(_lastNumber + 1, Microseconds.Of(now));
            _reserved.Add(_lastNumber, new HarmCharge(now, reach));
            _reservedReach = checked(_reservedReach + reach);
            _reservedSince = now < _reservedSince ? now : _reservedSince;
            return _lastNumber;
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
                _reservedReach -= charge.Reach;
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

    /// <summary>Number and reach of what counts now, reservations included.</summary>
    public (int Harms, long Reach) Spent()
    {
        lock (_gate)
        {
            Forget();
            return Sum();
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

    /// <summary>What is to be read, or <c>null</c> if memory has every charge that counts now.</summary>
    private Reading? Missing()
    {
        lock (_gate)
        {
            var after = countsAfter();
            return _loaded < _wanted || after < _knownAfter ? new(_wanted, _changes, after) : null;
        }
    }

    /// <summary>
    /// Takes over what was read, unless a harm was settled or others were read meanwhile, which it may lack.
    /// </summary>
    private bool Adopt(Reading reading, ImmutableArray<HarmCharge> charges)
    {
        lock (_gate)
        {
            if (reading.Changes != _changes)
            {
                return false;
            }

            _changes++;
            _loaded = reading.Wanted;
            _knownAfter = reading.After;
            _charges.Clear();
            _charges.EnqueueRange(charges.Select(static charge => (charge, charge.At)));
            _reach = charges.Sum(static charge => charge.Reach);
            return true;
        }
    }

    private (int Harms, long Reach) Sum() =>
        (_charges.Count + _reserved.Count, checked(_reach + _reservedReach));

    /// <summary>What counts no longer goes, including a reservation that was never settled.</summary>
    private void Forget()
    {
        var from = countsAfter();
        _knownAfter = from > _knownAfter ? from : _knownAfter;
        while (_charges.TryPeek(out var earliest, out var at) && at <= from)
        {
            _charges.Dequeue();
            _reach -= earliest.Reach;
        }

        if (_reservedSince > from)
        {
            return;
        }

        _reservedSince = DateTimeOffset.MaxValue;
        foreach (var (number, charge) in _reserved)
        {
            if (charge.At <= from)
            {
                _reserved.Remove(number);
                _reservedReach -= charge.Reach;
            }
            else if (charge.At < _reservedSince)
            {
                _reservedSince = charge.At;
            }
        }
    }

    /// <param name="Wanted">The number of the last wish to read that this reading fulfils.</param>
    /// <param name="Changes">The number of changes before it.</param>
    /// <param name="After">Charges after this instant are read.</param>
    private readonly record struct Reading(long Wanted, long Changes, DateTimeOffset After);
}
