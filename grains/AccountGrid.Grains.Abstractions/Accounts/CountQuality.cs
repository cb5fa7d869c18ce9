namespace AccountGrid.Grains;

/// <summary>How far a count can be trusted (law 3: exact, or it says it is not).</summary>
public enum CountQuality
{
    /// <summary>Exactly the number of follow edges.</summary>
    Exact = 1,

    /// <summary>
    /// The ledger could not be read, or its count was found not to be the number of edges; the count is the last one
    /// known, of the time given.
    /// </summary>
    AsOf = 2,

    /// <summary>The ledger could not be read and no earlier count is known.</summary>
    Unavailable = 3,
}
