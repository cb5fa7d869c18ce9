using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The brake at one instant; immutable.</summary>
/// <param name="Engagement">The engagement in force, or <c>null</c>.</param>
/// <param name="Release">The last release, or <c>null</c>.</param>
/// <param name="Harms">Harms that count, reserved ones included.</param>
/// <param name="Reach">Their followers.</param>
/// <param name="Policy">The limits.</param>
public sealed record BrakeView(
    BrakeEngagement? Engagement, BrakeRelease? Release, int Harms, long Reach, BrakePolicy Policy);
