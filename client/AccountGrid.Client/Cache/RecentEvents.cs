namespace AccountGrid.Client;

/// <summary>An event as it is remembered.</summary>
/// <param name="Entry">The account after it.</param>
/// <param name="Era">The era of the table when it was heard.</param>
internal sealed record HeardEvent(StatusEntry Entry, long Era);

/// <summary>
/// The newest event of each account that had one lately, whether anybody asked for the account or not: what a read must
/// not be older than. Two generations, so that the last <paramref name="least"/> accounts are
/// remembered at the least and twice as many at the most. Not thread-safe: the table calls it under its lock.
/// </summary>
/// <param name="least">1 or more.</param>
internal sealed class RecentEvents(int least)
{
    private Dictionary<long, HeardEvent> _young = [];
    private Dictionary<long, HeardEvent> _old = [];

    /// <summary>The newest event of an account; <c>null</c> = none is remembered.</summary>
    public HeardEvent? Find(long id) => _young.GetValueOrDefault(id) ?? _old.GetValueOrDefault(id);

    /// <summary>Remembers an event, unless a newer one of the account is.</summary>
    public void Add(long id, HeardEvent heard)
    {
        if (Find(id)?.Entry.Version >= heard.Entry.Version)
        {
            return;
        }

        if (_young.Count == least && !_young.ContainsKey(id))
        {
            (_old, _young) = (_young, []);
        }

        _young[id] = heard;
        _old.Remove(id);
    }
}
