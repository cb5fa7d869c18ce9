namespace AccountGrid.Application;

/// <summary>
/// What can be wrong with the journals. The wire's names are in <see cref="AuditProblem.NameOf"/>; neither ever
/// changes.
/// </summary>
public enum AuditProblemKind
{
    /// <summary>An entry is not what was hashed, or does not follow the one before.</summary>
    EntryChanged = 1,

    /// <summary>A place in a stream or in commit order is empty.</summary>
    EntryMissing = 2,

    /// <summary>Two entries claim one place, or commit order and a stream's order contradict each other.</summary>
    EntryReordered = 3,

    /// <summary>A row cannot be read as an entry at all.</summary>
    EntryUnreadable = 4,

    /// <summary>Entries at the end are gone, though an index row or a signed checkpoint knows of them.</summary>
    TailCut = 5,

    /// <summary>An index row is missing, or knows of fewer entries than there are.</summary>
    IndexMismatch = 6,

    /// <summary>
    /// The Merkle root over the entries is not the signed one: history up to there was rewritten or reordered.
    /// </summary>
    RootMismatch = 7,

    /// <summary>A checkpoint is not in the store.</summary>
    CheckpointMissing = 8,

    /// <summary>A checkpoint does not follow the one before it.</summary>
    CheckpointBroken = 9,

    /// <summary>A checkpoint's signature is wrong.</summary>
    BadSignature = 10,

    /// <summary>A checkpoint is signed by a key that is not trusted.</summary>
    UnknownKey = 11,

    /// <summary>A checkpoint of the store is not in the log outside.</summary>
    OutsideMissing = 12,

    /// <summary>The store and the log outside tell different stories of one checkpoint.</summary>
    OutsideDiffers = 13,

    /// <summary>The log outside holds something that is no checkpoint.</summary>
    OutsideDamaged = 14,

    /// <summary>An entry has no MAC, though every entry behind the boundary has one: no silo wrote it.</summary>
    MacMissing = 15,

    /// <summary>An entry's MAC is not its own, or under a key that is not known: no silo wrote it.</summary>
    MacWrong = 16,

    /// <summary>A boundary of MACs is gone from the store, or has no good signature.</summary>
    MacBoundaryBroken = 17,

    /// <summary>An index row is missing, or a column of it is not what the journal says.</summary>
    IndexColumnWrong = 18,

    /// <summary>The budget mark beside an entry is not what the entry says.</summary>
    BudgetMarkWrong = 19,

    /// <summary>A follower count is not the number of the edges.</summary>
    FollowerCountWrong = 20,
}
