namespace AccountGrid.Application;

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">The stable kind.</param>
/// <param name="Message">A sentence for a person; holds no note text.</param>
/// <param name="Stream">The stream of the first bad entry, or empty where that cannot be told.</param>
/// <param name="Sequence">Its sequence, or 0.</param>
/// <param name="Position">
/// Its position in commit order (for a missing one, where it should be), or 0 where that cannot be told.
/// </param>
/// <param name="Checkpoint">The checkpoint concerned, or 0.</param>
public sealed record AuditProblem(
    AuditProblemKind Kind, string Message, string Stream = "", long Sequence = 0, long Position = 0,
    long Checkpoint = 0)
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
        AuditProblemKind.MacMissing => "MAC_MISSING",
        AuditProblemKind.MacWrong => "MAC_WRONG",
        AuditProblemKind.MacBoundaryBroken => "MAC_BOUNDARY_BROKEN",
        AuditProblemKind.IndexColumnWrong => "INDEX_COLUMN_WRONG",
        AuditProblemKind.BudgetMarkWrong => "BUDGET_MARK_WRONG",
        AuditProblemKind.FollowerCountWrong => "FOLLOWER_COUNT_WRONG",
        _ => throw new InvalidOperationException($"Unknown kind {kind}."),
    };
}
