namespace AccountGrid.Application;

/// <summary>What the MAC beside an entry says.</summary>
public enum MacCheck
{
    /// <summary>A silo with one of the known keys wrote the entry.</summary>
    Valid = 1,

    /// <summary>
    /// There is none that can be checked, and none is needed: the entry stands before the boundary and is covered by
    /// the checkpoints.
    /// </summary>
    NotNeeded = 2,

    /// <summary>There is none, though the entry stands behind the boundary.</summary>
    Missing = 3,

    /// <summary>It is not the entry's.</summary>
    Wrong = 4,

    /// <summary>It was made under a key that is neither known nor given up.</summary>
    UnknownKey = 5,
}
