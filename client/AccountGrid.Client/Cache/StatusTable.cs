using System.Collections.Concurrent;
using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>What is known of one account.</summary>
/// <param name="Status">Its status; <c>null</c> = it is not registered.</param>
/// <param name="Version">The length of its journal at the least; 0 = it is not registered.</param>
/// <param name="ReadAt">When it was read or heard of, a timestamp of the clock.</param>
internal sealed record StatusEntry(Account.Types.Status? Status, long Version, long ReadAt);

/// <summary>
/// A bounded table in two generations: what is asked for moves into the young one, and when that is full the old one goes. Reads take no lock; writes take one, so that an event and the answer to a read meet in one
/// order. Thread-safe.
/// </summary>
internal sealed class StatusTable(int capacity)
{
    private readonly Lock _gate = new();
    private readonly int _generation = Math.Max(1, capacity / 2);
    private readonly Dictionary<long, Reading> _beingRead = [];
    private volatile ConcurrentDictionary<long, StatusEntry> _young = new();
    private volatile ConcurrentDictionary<long, StatusEntry> _old = new();
    private int _youngCount;
    private long _era;

    /// <summary>How many accounts are in memory.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _young.Count + _old.Count;
            }
        }
    }

    /// <summary>Which era it is; answers to reads of an earlier one are not kept. 0 = nothing is kept, because no event would correct it.</summary>
    public long Era => Volatile.Read(ref _era);

    /// <summary>Begins a new era with an empty table: from here on every event is applied.</summary>
    public void Begin(long era)
    {
        lock (_gate)
        {
            (_young, _old, _youngCount) = (new(), new(), 0);
            Volatile.Write(ref _era, era);
        }
    }

    /// <summary>What is in memory, or <c>null</c>.</summary>
    public StatusEntry? Find(long id)
    {
        if (_young.TryGetValue(id, out var entry))
        {
            return entry;
        }

        if (!_old.ContainsKey(id))
        {
            return null;
        }

        lock (_gate)
        {
            // Under the lock, lest an entry that an event has just replaced comes back.
            return _young.TryGetValue(id, out entry) ? entry
                : _old.TryRemove(id, out entry) ? Put(id, entry)
                : null;
        }
    }

    /// <summary>Accounts are about to be read: events about them are remembered until <see cref="Keep"/> or <see cref="EndRead"/>.</summary>
    public void BeginRead(IEnumerable<long> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                _beingRead[id] = _beingRead.TryGetValue(id, out var reading) ? reading with { Readers = reading.Readers + 1 } : new Reading(1, null);
            }
        }
    }

    /// <summary>The answer to a read, unless something newer was heard meanwhile.</summary>
    /// <returns>What is known now.</returns>
    public StatusEntry Keep(long id, StatusEntry read, long era)
    {
        lock (_gate)
        {
            var newest = Leave(id) is { } heard && heard.Version > read.Version ? heard : read;
            if (era == 0 || era != _era)
            {
                return newest;
            }

            if ((_young.TryGetValue(id, out var known) || _old.TryGetValue(id, out known)) && known.Version > newest.Version)
            {
                newest = known;
            }

            _old.TryRemove(id, out _);
            return Put(id, newest);
        }
    }

    /// <summary>Reads that failed: nothing is remembered for them any more.</summary>
    public void EndRead(IEnumerable<long> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                Leave(id);
            }
        }
    }

    /// <summary>An event. Accounts that nobody asked for take no place.</summary>
    public void Apply(WatchEventsResponse happened, long now)
    {
        var entry = new StatusEntry(happened.Status, happened.Sequence, now);
        lock (_gate)
        {
            if (_beingRead.TryGetValue(happened.Account, out var reading) && !(reading.Heard?.Version >= entry.Version))
            {
                _beingRead[happened.Account] = reading with { Heard = entry };
            }

            Replace(_young, happened.Account, entry);
            Replace(_old, happened.Account, entry);
        }
    }

    private static void Replace(ConcurrentDictionary<long, StatusEntry> generation, long id, StatusEntry entry)
    {
        if (generation.TryGetValue(id, out var known) && known.Version < entry.Version)
        {
            generation[id] = entry;
        }
    }

    private StatusEntry? Leave(long id)
    {
        if (!_beingRead.Remove(id, out var reading))
        {
            return null;
        }

        if (reading.Readers > 1)
        {
            _beingRead[id] = reading with { Readers = reading.Readers - 1 };
        }

        return reading.Heard;
    }

    private StatusEntry Put(long id, StatusEntry entry)
    {
        if (!_young.ContainsKey(id))
        {
            if (_youngCount == _generation)
            {
                (_old, _young, _youngCount) = (_young, new(), 0);
            }

            _youngCount++;
        }

        _young[id] = entry;
        return entry;
    }

    /// <summary>An account that is being read.</summary>
    /// <param name="Readers">By how many reads at a time.</param>
    /// <param name="Heard">The newest event since the first of them began.</param>
    private readonly record struct Reading(int Readers, StatusEntry? Heard);
}
