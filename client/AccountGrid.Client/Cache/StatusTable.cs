using System.Collections.Concurrent;
using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>The remembered status of one account.</summary>
/// <param name="Status">Its status; <c>null</c> = it is not registered.</param>
/// <param name="Version">The length of its journal at the least; 0 = it is not registered.</param>
/// <param name="ReadAt">The clock's timestamp at which it was read, or an event about it arrived.</param>
internal sealed record StatusEntry(Account.Types.Status? Status, long Version, long ReadAt);

/// <summary>The state of the table when a read was sent.</summary>
/// <param name="Era">
/// Events have been applied without a gap since it began; 0 = no event would correct an answer.
/// </param>
/// <param name="Connection">How often what came over a connection has been forgotten.</param>
internal readonly record struct ReadStamp(long Era, long Connection);

/// <summary>The answer to a read, and whether it was kept.</summary>
/// <param name="Entry">The account as it was answered.</param>
/// <param name="IsOutdated">Something newer was known already, so that the server, or this answer, was behind.</param>
internal readonly record struct KeptRead(StatusEntry Entry, bool IsOutdated);

/// <summary>
/// A bounded table in two generations: what is asked for moves into the young one, and when that is full the old one
/// goes. What is found takes no lock; all else takes one, so that an event and the answer to a read meet in one
/// order. The last events are remembered beside it (<see cref="RecentEvents"/>): an answer that is older than one of
/// them is refused, however late it comes and whichever server gave it. Thread-safe.
/// </summary>
/// <param name="capacity">The most accounts in it; 2 or more.</param>
/// <param name="recentEvents">For how many accounts the last event is remembered at the least.</param>
internal sealed class StatusTable(int capacity, int recentEvents = StatusTable.RecentAccounts)
{
    /// <summary>For how many accounts the last event is remembered at the least; about 150 bytes each.</summary>
    public const int RecentAccounts = 1 << 15;

    private readonly Lock _gate = new();
    private readonly int _generation = Math.Max(1, capacity / 2);
    private readonly RecentEvents _heard = new(recentEvents);
    private readonly Dictionary<long, Reading> _beingRead = [];
    private volatile ConcurrentDictionary<long, StatusEntry> _young = new();
    private volatile ConcurrentDictionary<long, StatusEntry> _old = new();
    private int _youngCount;
    private long _era;
    private long _connection;

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

    /// <summary>The number of the era. 0 = nothing is kept, because no event would correct it.</summary>
    public long Era => Volatile.Read(ref _era);

    /// <summary>
    /// To be taken before a read is sent: an answer of another era, or from before what came over a connection was
    /// forgotten, is not kept.
    /// </summary>
    public ReadStamp Stamp()
    {
        lock (_gate)
        {
            return new ReadStamp(_era, _connection);
        }
    }

    /// <summary>
    /// Begins a new era with an empty table: from here on every event is applied. The events of earlier ones still tell
    /// how new an answer must be at the least.
    /// </summary>
    public void Begin(long era)
    {
        lock (_gate)
        {
            Clear();
            Volatile.Write(ref _era, era);
        }
    }

    /// <summary>
    /// Forgets every answer to a read: the connection broke over which they came, and a server that was cut off or
    /// stood still may have given them. What events said stays, because they are the journal's.
    /// </summary>
    public void ForgetReads()
    {
        lock (_gate)
        {
            Clear();
            _connection++;
        }
    }

    /// <summary>The entry of an account, or <c>null</c>.</summary>
    public StatusEntry? Find(long id)
    {
        if (_young.TryGetValue(id, out var entry))
        {
            return entry;
        }

        lock (_gate)
        {
            // Under the lock, lest an entry that an event has just replaced comes back.
            return _young.TryGetValue(id, out entry) ? entry
                : _old.TryRemove(id, out entry) ? Put(id, entry)
                : Heard(id) is { } heard ? Put(id, heard)
                : null;
        }
    }

    /// <summary>
    /// Accounts are about to be read: events about them are remembered until <see cref="Keep"/> or
    /// <see cref="EndRead"/>.
    /// </summary>
    public void BeginRead(IEnumerable<long> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                _beingRead[id] = _beingRead.TryGetValue(id, out var reading)
                    ? reading with { Readers = reading.Readers + 1 }
                    : new Reading(1, null);
            }
        }
    }

    /// <summary>
    /// The answer to a read, which is kept if events correct it from here on, and unless something newer is known.
    /// </summary>
    /// <param name="id">The account.</param>
    /// <param name="read">The answer.</param>
    /// <param name="asked">From before it was sent.</param>
    public KeptRead Keep(long id, StatusEntry read, ReadStamp asked)
    {
        lock (_gate)
        {
            var newest = Newest(Leave(id), _heard.Find(id));
            if (newest?.Entry.Version > read.Version)
            {
                if (newest.Era == _era && _era != 0 && !(Known(id)?.Version >= newest.Entry.Version))
                {
                    Put(id, newest.Entry);
                }

                return new KeptRead(read, IsOutdated: true);
            }

            if (Known(id)?.Version > read.Version)
            {
                return new KeptRead(read, IsOutdated: true);
            }

            if (_era != 0 && asked == new ReadStamp(_era, _connection))
            {
                Put(id, read);
            }

            return new KeptRead(read, IsOutdated: false);
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

    /// <summary>An event. Accounts that were never asked for take no place.</summary>
    public void Apply(WatchEventsResponse happened, long now)
    {
        var entry = new StatusEntry(happened.Status, happened.Sequence, now);
        lock (_gate)
        {
            var heard = new HeardEvent(entry, _era);
            _heard.Add(happened.Account, heard);
            if (_beingRead.TryGetValue(happened.Account, out var reading))
            {
                _beingRead[happened.Account] = reading with { Heard = Newest(heard, reading.Heard) };
            }

            Replace(_young, happened.Account, entry);
            Replace(_old, happened.Account, entry);
        }
    }

    private static HeardEvent? Newest(HeardEvent? one, HeardEvent? other) =>
        one?.Entry.Version > (other?.Entry.Version ?? -1) ? one : other;

    private static void Replace(ConcurrentDictionary<long, StatusEntry> generation, long id, StatusEntry entry)
    {
        if (generation.TryGetValue(id, out var known) && known.Version < entry.Version)
        {
            generation[id] = entry;
        }
    }

    private StatusEntry? Known(long id) =>
        _young.TryGetValue(id, out var known) || _old.TryGetValue(id, out known) ? known : null;

    /// <summary>The state after the last event, if no later one can have been missed.</summary>
    private StatusEntry? Heard(long id) =>
        _era != 0 && _heard.Find(id) is { } heard && heard.Era == _era ? heard.Entry : null;

    private HeardEvent? Leave(long id)
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

    private void Clear() => (_young, _old, _youngCount) = (new(), new(), 0);

    private StatusEntry Put(long id, StatusEntry entry)
    {
        _old.TryRemove(id, out _);
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
    private readonly record struct Reading(int Readers, HeardEvent? Heard);
}
