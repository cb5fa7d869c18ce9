using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>What can be wrong with the journals. The wire's names are in <see cref="AuditProblem.NameOf"/>; neither ever changes.</summary>
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

    /// <summary>The Merkle root over the entries is not the signed one: history up to there was rewritten or reordered.</summary>
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
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">The stable kind.</param>
/// <param name="Message">A sentence for a person; holds no note text.</param>
/// <param name="Stream">The stream of the first bad entry, or empty where that cannot be told.</param>
/// <param name="Sequence">Its sequence, or 0.</param>
/// <param name="Position">Its position in commit order (for a missing one, where it should be), or 0 where that cannot be told.</param>
/// <param name="Checkpoint">The checkpoint concerned, or 0.</param>
public sealed record AuditProblem(
    AuditProblemKind Kind, string Message, string Stream = "", long Sequence = 0, long Position = 0, long Checkpoint = 0)
{
    /// <summary>The wire's name of a kind, such as <c>ENTRY_CHANGED</c>.</summary>
    public static string NameOf(AuditProblemKind kind) => kind switch
    {
        AuditProblemKind.EntryChanged => "ENTRY_CHANGED",
        AuditProblemKind.EntryMissing => "ENTRY_MISSING",
        AuditProblemKind.EntryReordered => "ENTRY_REORDERED",
        AuditProblemKind.EntryUnreadable => "ENTRY_UNREADABLE",
        AuditProblemKind.TailCut => "TAIL_CUT",
        AuditProblemKind.IndexMismatch => "INDEX_MISMATCH",
        AuditProblemKind.RootMismatch => "ROOT_MISMATCH",
        AuditProblemKind.CheckpointMissing => "CHECKPOINT_MISSING",
        AuditProblemKind.CheckpointBroken => "CHECKPOINT_BROKEN",
        AuditProblemKind.BadSignature => "BAD_SIGNATURE",
        AuditProblemKind.UnknownKey => "UNKNOWN_KEY",
        AuditProblemKind.OutsideMissing => "OUTSIDE_MISSING",
        AuditProblemKind.OutsideDiffers => "OUTSIDE_DIFFERS",
        AuditProblemKind.OutsideDamaged => "OUTSIDE_DAMAGED",
        _ => throw new InvalidOperationException($"Unknown kind {kind}."),
    };
}

/// <summary>
/// What a verification found. Entries up to <paramref name="CoveredPosition"/> are under a signed checkpoint; those after it are covered by their
/// streams' hash chains and index versions alone, which whoever can write the store could recompute: they are as safe as the store until the next checkpoint.
/// </summary>
/// <param name="Entries">Entries recomputed.</param>
/// <param name="Streams">Streams recomputed.</param>
/// <param name="Checkpoints">Checkpoints recomputed.</param>
/// <param name="Position">The last position read.</param>
/// <param name="CoveredPosition">The last position under a good checkpoint; 0 = none.</param>
/// <param name="ProblemCount">How many things are wrong.</param>
/// <param name="Problems">The first of them, at most <see cref="MaxProblems"/>: what names an entry first, by position.</param>
public sealed record VerificationResult(
    long Entries, long Streams, long Checkpoints, long Position, long CoveredPosition, long ProblemCount, ImmutableArray<AuditProblem> Problems)
{
    /// <summary>Problems that are kept; more are only counted.</summary>
    public const int MaxProblems = 20;

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => ProblemCount == 0;

    /// <summary>What is wrong first, or <c>null</c>.</summary>
    public AuditProblem? First => Problems.IsEmpty ? null : Problems[0];
}
