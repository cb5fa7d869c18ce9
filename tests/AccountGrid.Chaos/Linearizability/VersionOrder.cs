namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// What versions say about the order of calls. An object's version never falls; so a call that fits only up to one version comes before every call that fits only from a later one on: it
/// comes no later than that one is answered, and that one no earlier than it was called. And no step may be taken beyond the version up to which a call that is still to come fits.
/// Used by one search.
/// </summary>
internal sealed class VersionOrder<TInput, TOutput>
    where TInput : notnull
    where TOutput : class
{
    private readonly (long Least, long Most)[] _versions;
    private readonly int[] _byMost;
    private readonly int[] _rank;
    private readonly TimeSpan[] _latestCall;
    private readonly int[] _byLeast;
    private readonly TimeSpan[] _earliestAnswer;
    private int _first;

    /// <param name="answered">The calls with an answer.</param>
    /// <param name="versionsOf">Between which versions each fits.</param>
    public VersionOrder(ReadOnlySpan<Call<TInput, TOutput>> answered, Func<TInput, TOutput, (long Least, long Most)> versionsOf)
    {
        var count = answered.Length;
        _versions = new (long, long)[count];
        for (var i = 0; i < count; i++)
        {
            _versions[i] = versionsOf(answered[i].Input, answered[i].Output!);
        }

        _byMost = [.. Enumerable.Range(0, count).OrderBy(i => _versions[i].Most)];
        _byLeast = [.. Enumerable.Range(0, count).OrderBy(i => _versions[i].Least)];
        _rank = new int[count];
        _latestCall = new TimeSpan[count];
        _earliestAnswer = new TimeSpan[count];
        for (var place = 0; place < count; place++)
        {
            _rank[_byMost[place]] = place;
            var called = answered[_byMost[place]].CalledAt;
            _latestCall[place] = place > 0 && _latestCall[place - 1] > called ? _latestCall[place - 1] : called;
        }

        for (var place = count - 1; place >= 0; place--)
        {
            var ended = answered[_byLeast[place]].AnsweredAt;
            _earliestAnswer[place] = place < count - 1 && _earliestAnswer[place + 1] < ended ? _earliestAnswer[place + 1] : ended;
        }
    }

    /// <summary>A call with the interval that the versions of all calls leave it.</summary>
    public Call<TInput, TOutput> Narrow(int call, Call<TInput, TOutput> told)
    {
        var (least, most) = _versions[call];
        var before = CountWhere(_byMost, other => _versions[other].Most < least);
        var notBehind = CountWhere(_byLeast, other => _versions[other].Least <= most);
        var from = before > 0 && _latestCall[before - 1] > told.CalledAt ? _latestCall[before - 1] : told.CalledAt;
        var to = notBehind < _byLeast.Length && _earliestAnswer[notBehind] < told.AnsweredAt ? _earliestAnswer[notBehind] : told.AnsweredAt;
        return told with { CalledAt = from, AnsweredAt = to };
    }

    /// <summary>The version beyond which some call that is not placed, other than <paramref name="except"/>, fits no more.</summary>
    public long LeastMost(PlacedCalls placed, int except)
    {
        for (var place = _first; place < _byMost.Length; place++)
        {
            if (_byMost[place] != except && !placed.Contains(_byMost[place]))
            {
                return _versions[_byMost[place]].Most;
            }
        }

        return long.MaxValue;
    }

    /// <summary>One more call is placed.</summary>
    public void Placed(PlacedCalls placed)
    {
        while (_first < _byMost.Length && placed.Contains(_byMost[_first]))
        {
            _first++;
        }
    }

    /// <summary>A call is placed no more.</summary>
    public void PutBack(int call)
    {
        if (call < _rank.Length)
        {
            _first = Math.Min(_first, _rank[call]);
        }
    }

    /// <summary>How many at the front, where those for which it holds stand in front.</summary>
    private static int CountWhere(int[] ascending, Func<int, bool> holds)
    {
        var low = 0;
        for (var high = ascending.Length; low < high;)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(ascending[middle]) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
