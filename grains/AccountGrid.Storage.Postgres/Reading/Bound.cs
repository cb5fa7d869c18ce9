namespace AccountGrid.Storage.Postgres;

/// <summary>A bound on what is under way or waiting. Thread-safe.</summary>
internal sealed class Bound(string name, string title, int max)
{
    private int _underWay;

    /// <summary>What it is called in a metric.</summary>
    public string Name => name;

    /// <summary>What it is called in an error.</summary>
    public string Title => title;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= max)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _underWay);
}
