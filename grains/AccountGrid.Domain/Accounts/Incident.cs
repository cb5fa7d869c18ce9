using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>One interval in which an account was down, as its journal tells it.</summary>
/// <param name="From">When it went down.</param>
/// <param name="Until">
/// When it came up again, never before <paramref name="From"/>; <c>null</c> while it is down, and for good once erased.
/// </param>
/// <param name="Gravest">The gravest status that it had meanwhile.</param>
/// <param name="Reason">The reason code of what took it down first.</param>
/// <param name="Note">The note of what took it down first, or empty.</param>
/// <param name="PlacedBy">On whose initiative it went down first.</param>
/// <param name="Approvals">The approvers of all harms within it, in order, each once.</param>
/// <param name="EndedBy">The actor who brought it up again; the system where its time was over.</param>
/// <param name="Followers">Followers when it went down; <c>null</c> where the ledger could not say.</param>
/// <param name="ReadsRefused">Public reads refused meanwhile: a lower bound.</param>
/// <param name="TraceIds">
/// The traces of every step, in order, each once: proposal and approval that led there, harms, lifts, and what was
/// refused meanwhile.
/// </param>
/// <param name="Sequences">The journal sequences of the same steps, ascending.</param>
public sealed record Incident(
    DateTimeOffset From, DateTimeOffset? Until, AccountStatus Gravest, string Reason, string Note, Actor PlacedBy,
    ImmutableArray<OperatorId> Approvals, Actor? EndedBy, long? Followers, long ReadsRefused,
    ImmutableArray<string> TraceIds, ImmutableArray<long> Sequences)
{
    /// <summary>
    /// How long it was down, up to <paramref name="now"/> where it still is. Never negative, whatever the clock did.
    /// </summary>
    public TimeSpan LengthAt(DateTimeOffset now)
    {
        var length = (Until ?? now) - From;
        return length < TimeSpan.Zero ? TimeSpan.Zero : length;
    }
}
