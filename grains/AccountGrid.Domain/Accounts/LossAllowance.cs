namespace AccountGrid.Domain;

/// <summary>Two people's leave for a protected account to lose more followers than the limit.</summary>
/// <param name="Sequence">The sequence of the entry that gave it.</param>
/// <param name="Followers">How many more, in all.</param>
/// <param name="Until">Until when, exclusive.</param>
/// <param name="PlacedBy">The person who proposed it.</param>
/// <param name="ApprovedBy">The second person.</param>
/// <param name="At">Since when.</param>
public sealed record LossAllowance(
    long Sequence, long Followers, DateTimeOffset Until, Actor PlacedBy, OperatorId ApprovedBy, DateTimeOffset At);
