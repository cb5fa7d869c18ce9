namespace AccountGrid.Domain;

/// <summary>The last time at which the end of a suspension was moved to a later instant.</summary>
/// <param name="By">On whose initiative.</param>
/// <param name="ApprovedBy">The second person, where there was one.</param>
/// <param name="At">When it took effect.</param>
public sealed record Prolongation(Actor By, OperatorId? ApprovedBy, DateTimeOffset At);
