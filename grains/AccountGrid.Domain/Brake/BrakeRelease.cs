namespace AccountGrid.Domain;

/// <summary>The act of an approver who released the brake.</summary>
/// <param name="At">When, UTC. What was taken down until then does not count any more.</param>
/// <param name="By">The approver.</param>
/// <param name="Note">The reason.</param>
public sealed record BrakeRelease(DateTimeOffset At, OperatorId By, string Note);
