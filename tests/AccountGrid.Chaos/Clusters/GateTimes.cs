using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// The clients' own time, which stands still while the gate is closed for the checks. Used by one caller at a time.
/// </summary>
internal sealed class GateTimes(History history)
{
    private readonly List<(TimeSpan From, TimeSpan To)> _closed = [];

    /// <summary>When the gate closed last.</summary>
    public TimeSpan LastClosed => _closed.Count == 0 ? TimeSpan.Zero : _closed[^1].From;

    /// <summary>The gate closes.</summary>
    public void Close() => _closed.Add((history.Now, TimeSpan.MaxValue));

    /// <summary>The gate opens.</summary>
    public void Open() => _closed[^1] = _closed[^1] with { To = history.Now };

    /// <summary>An instant of the history, less the time that the gate was closed before it.</summary>
    public TimeSpan ClientTime(TimeSpan instant)
    {
        var time = instant;
        foreach (var (from, to) in _closed)
        {
            if (from < instant)
            {
                time -= (to < instant ? to : instant) - from;
            }
        }

        return time;
    }
}
