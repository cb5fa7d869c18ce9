using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// All operators' records, folded from their journals: for the few commands that depend on the others. Thread-safe.
/// </summary>
internal static class OperatorRegister
{
    /// <summary>Records read at the same time.</summary>
    private const int Parallel = 8;

    /// <summary>Every record, in the order of their ids.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">A journal does not fold.</exception>
    public static async Task<ImmutableArray<OperatorState>> ReadAllAsync(
        OperatorServices services, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<OperatorState>();
        for (var after = ""; ;)
        {
            var page = await services.Index.ListOperatorsAsync(after, Limits.PageSize, cancellationToken);
            foreach (var group in page.Chunk(Parallel))
            {
                all.AddRange(await Task.WhenAll(group.Select(id => ReadAsync(services, id, cancellationToken))));
            }

            if (page.Length < Limits.PageSize)
            {
                return all.ToImmutable();
            }

            after = page[^1].Value;
        }
    }

    private static async Task<OperatorState> ReadAsync(
        OperatorServices services, OperatorId id, CancellationToken cancellationToken)
    {
        var stream = services.StreamOf(id);
        await stream.ReloadAsync(cancellationToken);
        return stream.Head.State;
    }
}
