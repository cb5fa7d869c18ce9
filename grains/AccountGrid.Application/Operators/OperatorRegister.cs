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

    /// <summary>
    /// The records that a command on an operator depends on: all of them, or for an enrolment by first use, which
    /// happens far more often, those of ids that look like the operator's.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">A journal does not fold.</exception>
    public static Task<ImmutableArray<OperatorState>> ReadForAsync(
        OperatorServices services, OperatorId about, OperatorCommand command, CancellationToken cancellationToken) =>
        ReadAsync(
            services,
            command is OperatorCommand.EnrollOnFirstUse
                ? id => SamePerson.MayBe(Actor.Operator(about), id)
                : static _ => true,
            cancellationToken);

    /// <summary>Every record that is asked for, in the order of their ids.</summary>
    private static async Task<ImmutableArray<OperatorState>> ReadAsync(
        OperatorServices services, Func<OperatorId, bool> isAskedFor, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<OperatorState>();
        for (var after = ""; ;)
        {
            var page = await services.Index.ListOperatorsAsync(after, Limits.PageSize, cancellationToken);
            foreach (var group in page.Where(isAskedFor).Chunk(Parallel))
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
