namespace AccountGrid.Grains;

/// <summary>The brake at one instant.</summary>
/// <param name="EngagedAt">Since when it is engaged; <c>null</c> while it is not.</param>
/// <param name="EngagedUntil">Until when, unless it is released.</param>
/// <param name="Harms">Harms that count now, each of one identity alone.</param>
/// <param name="Reach">Their followers.</param>
/// <param name="MaxHarms">The limit on the number.</param>
/// <param name="MaxReach">The limit on the followers.</param>
/// <param name="Window">The rolling window.</param>
/// <param name="Release">The last release.</param>
[GenerateSerializer, Immutable, Alias("ag.brake")]
public sealed record BrakeInfo(
    [property: Id(0)] DateTimeOffset? EngagedAt,
    [property: Id(1)] DateTimeOffset? EngagedUntil,
    [property: Id(2)] int Harms,
    [property: Id(3)] long Reach,
    [property: Id(4)] int MaxHarms,
    [property: Id(5)] long MaxReach,
    [property: Id(6)] TimeSpan Window,
    [property: Id(7)] BrakeReleaseInfo? Release);
