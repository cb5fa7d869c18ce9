namespace AccountGrid.Grains;

/// <summary>Two people's leave for a protected account to lose more followers than the limit.</summary>
/// <param name="Followers">How many more, in all.</param>
/// <param name="Until">Until when.</param>
/// <param name="PlacedBy">The person who proposed it.</param>
/// <param name="ApprovedBy">The second person.</param>
/// <param name="At">Since when.</param>
[GenerateSerializer, Immutable, Alias("ag.loss-allowance")]
public sealed record LossAllowanceInfo(
    [property: Id(0)] long Followers,
    [property: Id(1)] DateTimeOffset Until,
    [property: Id(2)] ActorInfo PlacedBy,
    [property: Id(3)] string ApprovedBy,
    [property: Id(4)] DateTimeOffset At);
