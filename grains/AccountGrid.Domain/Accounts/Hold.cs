namespace AccountGrid.Domain;

/// <summary>A fact that keeps an account down.</summary>
/// <param name="Kind">Its kind; at most one hold of each kind at a time.</param>
/// <param name="Sequence">The journal sequence that placed it.</param>
/// <param name="PlacedBy">On whose initiative.</param>
/// <param name="ApprovedBy">The second person, where there was one.</param>
/// <param name="At">When it took effect.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Until">When it ends by itself (suspensions only).</param>
/// <param name="Prolonged">Who moved its end to a later instant last; <c>null</c> where the end was not.</param>
public sealed record Hold(
    HoldKind Kind, long Sequence, Actor PlacedBy, OperatorId? ApprovedBy, DateTimeOffset At, string Reason,
    DateTimeOffset? Until, Prolongation? Prolonged = null);
