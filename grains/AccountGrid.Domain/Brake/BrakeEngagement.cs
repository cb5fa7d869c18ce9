namespace AccountGrid.Domain;

/// <summary>One time at which the brake engaged: from then on every harm takes two people.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Harms">Accounts taken down within the window, each by one person or service alone.</param>
/// <param name="Reach">Their followers.</param>
/// <param name="MaxHarms">The limit on the number, as it was then.</param>
/// <param name="MaxReach">The limit on the followers, as it was then.</param>
public sealed record BrakeEngagement(
    DateTimeOffset At, DateTimeOffset Until, int Harms, long Reach, int MaxHarms, long MaxReach);
