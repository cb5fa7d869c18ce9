namespace AccountGrid.Domain;

/// <summary>What a request came to. Numbers are stored.</summary>
public enum Outcome
{
    /// <summary>It took effect.</summary>
    Done = 1,

    /// <summary>It waits for its second person or its time.</summary>
    Pending = 2,

    /// <summary>It was refused.</summary>
    Refused = 3,
}
