using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Asks the only writer of an account's edges which of them changed while they were being counted in parts: implemented
/// by calls to the account's grain. Thread-safe.
/// </summary>
public interface IFollowWatch
{
    /// <summary>
    /// Has the account remember every edge that changes from now on, for a while, in the place of what it remembered
    /// before.
    /// </summary>
    /// <returns>The version from which it does; <c>null</c> where it cannot say.</returns>
    Task<long?> BeginAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>
    /// By how much the edges grew between what each part saw and a version; nothing is remembered any more.
    /// </summary>
    /// <param name="account">The account whose edges were counted.</param>
    /// <param name="parts">All edges in parts, ascending and without a gap.</param>
    /// <param name="version">The version at which to add up; no part has a later one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// <c>null</c> where its memory has a gap: the account went elsewhere, too much changed, a write failed.
    /// </returns>
    Task<long?> SettleAsync(
        AccountId account, ImmutableArray<SweptPart> parts, long version, CancellationToken cancellationToken);

    /// <summary>
    /// Tells the account that its count is not the number of its edges, or is it again. An account that cannot be
    /// reached is told at another time.
    /// </summary>
    Task DoubtAsync(AccountId account, bool inDoubt, CancellationToken cancellationToken);
}
