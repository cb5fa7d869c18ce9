namespace AccountGrid.Grains;

/// <summary>A release of the brake.</summary>
/// <param name="At">When.</param>
/// <param name="By">The approver.</param>
/// <param name="Note">Why.</param>
[GenerateSerializer, Immutable, Alias("ag.brake-release")]
public sealed record BrakeReleaseInfo(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] string By, [property: Id(2)] string Note);
