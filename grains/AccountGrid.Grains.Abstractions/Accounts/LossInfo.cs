namespace AccountGrid.Grains;

/// <summary>What the journal says about the followers that a protected account has lost.</summary>
/// <param name="Lost">Followers lost within the window before <paramref name="AsOf"/>.</param>
/// <param name="Limit">The most that might be lost within it, without an allowance.</param>
/// <param name="AsOf">When the last entry about losses was made; <c>null</c> where there is none.</param>
/// <param name="RefusedAt">When the last entry about refused unfollows was made.</param>
/// <param name="Allowance">The leave to lose more, perhaps over already.</param>
[GenerateSerializer, Immutable, Alias("ag.loss")]
public sealed record LossInfo(
    [property: Id(0)] long Lost,
    [property: Id(1)] long Limit,
    [property: Id(2)] DateTimeOffset? AsOf,
    [property: Id(3)] DateTimeOffset? RefusedAt,
    [property: Id(4)] LossAllowanceInfo? Allowance);
