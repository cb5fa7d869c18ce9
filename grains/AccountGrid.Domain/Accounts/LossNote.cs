using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The last entry about the followers that a protected account has lost: what was lost up to it, and how many more may
/// be lost before the next one. After a restart nothing else is known.
/// </summary>
/// <param name="Sequence">The entry's sequence.</param>
/// <param name="At">When it was made.</param>
/// <param name="Window">The window in force then.</param>
/// <param name="Lost">The followers lost within the window, up to the entry.</param>
/// <param name="Reserved">How many more may be lost before the next entry.</param>
/// <param name="Limit">The limit then, without an allowance.</param>
/// <param name="FromAllowance">How many of the allowance then were lost.</param>
/// <param name="Slices">As in <see cref="AccountEvent.FollowersLost"/>.</param>
public sealed record LossNote(
    long Sequence, DateTimeOffset At, TimeSpan Window, long Lost, long Reserved, long Limit, long FromAllowance,
    ImmutableArray<long> Slices);
