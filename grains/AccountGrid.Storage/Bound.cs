namespace AccountGrid.Storage;

/// <summary>A bound on what is under way or waiting. Thread-safe.</summary>
/// <param name="name">What it is called in a metric.</param>
/// <param name="title">What it is called in an error.</param>
/// <param name="max">How many may be inside.</param>
public sealed class Bound(string name, string title, int max)
{
    private int _underWay;

    /// <summary>What it is called in a metric.</summary>
    public string Name => name;

    /// <summary>What it is called in an error.</summary>
    public string Title => title;

    /// <summary>Takes a place; <c>false</c> if there is none, and then there is nothing to leave.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= max)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _underWay);
}
