using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <content>The operators of the index; processors in memory ask for nothing else of it.</content>
public sealed partial class InMemoryJournal : IStreamIndex
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<OperatorId>> ListOperatorsAsync(
        string after, int max, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_lock)
        {
            return
            [
                .. _index.Values.OfType<StreamIndexRow.Operator>().Select(static row => row.Id)
                    .Where(id => string.CompareOrdinal(id.Value, after) > 0)
                    .OrderBy(static id => id.Value, StringComparer.Ordinal).Take(max),
            ];
        }
    }

    Task<ImmutableArray<AccountId>> IStreamIndex.ListAccountsAsync(
        AccountFilter filter, long after, int max, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<ImmutableArray<DownCount>> IStreamIndex.CountDownAsync(
        long protectedReach, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<ImmutableArray<ProposalId>> IStreamIndex.ListProposalsAsync(
        OperatorId? proposedBy, long after, int max, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<ImmutableArray<AccountId>> IStreamIndex.ListDueAsync(
        DateTimeOffset now, int max, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<ImmutableArray<OperatorId>> IStreamIndex.ListOperatorsWithDueWorkAsync(
        string after, int max, CancellationToken cancellationToken) => throw new NotSupportedException();
}
