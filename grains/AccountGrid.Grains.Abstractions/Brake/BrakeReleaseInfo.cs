namespace AccountGrid.Grains;

/// <summary>A release of the brake.</summary>
/// <param name="At">The instant, UTC.</param>
/// <param name="By">The approver.</param>
/// <param name="Note">The reason.</param>
[GenerateSerializer, Immutable, Alias("ag.brake-release")]
public sealed record BrakeReleaseInfo(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] string By, [property: Id(2)] string Note);
