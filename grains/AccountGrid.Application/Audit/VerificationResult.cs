using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>
/// What a verification found. Entries up to <paramref name="CoveredPosition"/> are under a signed checkpoint; those
/// after it are covered by their streams' hash chains and index versions alone, which a writer to the store could
/// recompute: they are as safe as the store until the next checkpoint.
/// </summary>
/// <param name="Entries">Entries recomputed.</param>
/// <param name="Streams">Streams recomputed.</param>
/// <param name="Checkpoints">Checkpoints recomputed.</param>
/// <param name="Position">The last position read.</param>
/// <param name="CoveredPosition">The last position under a good checkpoint; 0 = none.</param>
/// <param name="ProblemCount">How many things are wrong.</param>
/// <param name="Problems">
/// The first of them, at most <see cref="MaxProblems"/>: what names an entry first, by position.
/// </param>
public sealed record VerificationResult(
    long Entries, long Streams, long Checkpoints, long Position, long CoveredPosition, long ProblemCount,
    ImmutableArray<AuditProblem> Problems)
{
    /// <summary>Problems that are kept; more are only counted.</summary>
    public const int MaxProblems = 20;

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => ProblemCount == 0;

    /// <summary>What is wrong first, or <c>null</c>.</summary>
    public AuditProblem? First => Problems.IsEmpty ? null : Problems[0];
}
