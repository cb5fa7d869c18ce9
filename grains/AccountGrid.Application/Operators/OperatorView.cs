using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>One operator at one instant; immutable.</summary>
/// <param name="State">What the journal says; version 0 for an unknown person.</param>
/// <param name="Standing">The standing at that instant.</param>
/// <param name="HarmsInWindow">Harmful actions that count against the budget, reserved ones included.</param>
/// <param name="ReachInWindow">Their reach, in followers.</param>
public sealed record OperatorView(OperatorState State, Standing Standing, int HarmsInWindow, long ReachInWindow);
