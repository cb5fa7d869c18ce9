using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The index over all streams.</summary>
public interface IStreamIndex
{
    /// <summary>
    /// Account ids in ascending order, above <paramref name="after"/> (0 = from the first), at most
    /// <paramref name="max"/>.
    /// </summary>
    Task<ImmutableArray<AccountId>> ListAccountsAsync(
        AccountFilter filter, long after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// How many accounts are down, by status; a status that none has may be absent. Costs time in proportion to the
    /// accounts that are down, protected or large, never to all of them.
    /// </summary>
    /// <param name="protectedReach">Followers from which an account is protected by reach.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    Task<ImmutableArray<DownCount>> CountDownAsync(long protectedReach, CancellationToken cancellationToken);

    /// <summary>
    /// Accounts with a pending proposal, ascending by id, above <paramref name="after"/>; optionally only one
    /// proposer's.
    /// </summary>
    Task<ImmutableArray<ProposalId>> ListProposalsAsync(
        OperatorId? proposedBy, long after, int max, CancellationToken cancellationToken);

    /// <summary>Accounts whose due time is at or before an instant, earliest first.</summary>
    Task<ImmutableArray<AccountId>> ListDueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken);

    /// <summary>Operators, ordinally ascending, above <paramref name="after"/> (empty = from the first).</summary>
    Task<ImmutableArray<OperatorId>> ListOperatorsAsync(string after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Operators whose record has or will have due work (<see cref="OperatorState.HasDueWork"/>), ordinally ascending,
    /// above <paramref name="after"/> (empty = from the first).
    /// </summary>
    Task<ImmutableArray<OperatorId>> ListOperatorsWithDueWorkAsync(
        string after, int max, CancellationToken cancellationToken);
}
