namespace AccountGrid.Silo;

/// <summary>One thing that a silo's work depends on, and when it was last found well. Thread-safe.</summary>
/// <param name="name">The name in health, metrics and log.</param>
/// <param name="what">What it means that it is not well, as a part of a sentence.</param>
/// <param name="fatalAfter">When a silo without it ends; <c>null</c> = never.</param>
/// <param name="clock">Its timestamps are the monotonic clock.</param>
internal sealed class Vital(string name, string what, TimeSpan? fatalAfter, TimeProvider clock)
{
    private long _wellAt = clock.GetTimestamp();

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>The time since it was found well.</summary>
    public TimeSpan Age => clock.GetElapsedTime(Volatile.Read(ref _wellAt));

    /// <summary>What it means that it is not well, and for how long, as a part of a sentence.</summary>
    public string Trouble => $"{what}, for {Age.TotalSeconds:0} s";

    /// <summary>Whether a silo cannot go on without it any more.</summary>
    public bool IsFatal => Age >= fatalAfter;

    /// <summary>It is well now, or cannot be judged.</summary>
    public void IsWell() => Volatile.Write(ref _wellAt, clock.GetTimestamp());
}
