namespace AccountGrid.Grains;

/// <summary>What a verification found.</summary>
/// <param name="Intact">Whether nothing is wrong.</param>
/// <param name="Problem">What is wrong first, in a sentence; empty if intact.</param>
/// <param name="ProblemKind">
/// A stable name for it: <c>ENTRY_CHANGED</c>, <c>ENTRY_MISSING</c>, <c>TAIL_CUT</c>, <c>ROOT_MISMATCH</c>,
/// <c>BAD_SIGNATURE</c>, <c>CHECKPOINT_MISSING</c> ...
/// </param>
/// <param name="Stream">The stream of the first bad entry, or empty.</param>
/// <param name="Sequence">Its sequence, or 0.</param>
/// <param name="Entries">Entries recomputed.</param>
/// <param name="Streams">Streams recomputed.</param>
/// <param name="Checkpoints">Checkpoints recomputed.</param>
/// <param name="Position">The last position verified.</param>
/// <param name="CoveredPosition">
/// The last position under a good checkpoint, 0 = none; <c>null</c> from a silo of an earlier version.
/// </param>
[GenerateSerializer, Immutable, Alias("ag.verification")]
public sealed record VerificationInfo(
    [property: Id(0)] bool Intact,
    [property: Id(1)] string Problem,
    [property: Id(2)] string ProblemKind,
    [property: Id(3)] string Stream,
    [property: Id(4)] long Sequence,
    [property: Id(5)] long Entries,
    [property: Id(6)] long Streams,
    [property: Id(7)] long Checkpoints,
    [property: Id(8)] long Position,
    [property: Id(9)] long? CoveredPosition);
