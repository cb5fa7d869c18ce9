namespace AccountGrid.Domain;

/// <summary>What the journal says about the followers that a protected account has lost.</summary>
/// <param name="Note">The last entry about losses; <c>null</c> where there is none.</param>
/// <param name="RefusedAt">When the last entry about refused unfollows was made.</param>
/// <param name="Allowance">The leave to lose more, perhaps over already; <c>null</c> where there is none.</param>
/// <param name="Baseline">
/// The followers that the limit is a share of at the most; <c>null</c> where none is noted.
/// </param>
public sealed record FollowerLosses(
    LossNote? Note = null, DateTimeOffset? RefusedAt = null, LossAllowance? Allowance = null,
    LossBaseline? Baseline = null);
