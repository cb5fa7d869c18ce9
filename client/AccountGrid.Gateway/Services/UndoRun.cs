using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Undoes the harm of one person: finds the accounts, records the undo in the person's journal, then restores them; the
/// rules of each account decide. If it ends early, some accounts are restored, and the same call continues with the
/// rest. Stateless.
/// </summary>
internal sealed class UndoRun(GrainCalls grains)
{
    /// <summary>Runs the order.</summary>
    /// <exception cref="ApiException">There is no such operator, or recording the undo was refused.</exception>
    public async Task<V1.UndoOperatorResponse> RunAsync(
        UndoOrder order, CallerInfo caller, CancellationToken cancellationToken)
    {
        var record = grains.Operator(order.Person);
        if ((await grains.GetOperatorAsync(order.Person, cancellationToken)).Version == 0)
        {
            throw new ApiException(ApiError.Of(Refusal.NotFound($"operator {order.Person}")));
        }

        var (accounts, more) = await FindAsync(order, cancellationToken);
        var response = new V1.UndoOperatorResponse { More = more };
        if (order.DryRun || accounts.IsEmpty)
        {
            response.RestoredIds.AddRange(accounts.Select(a => a.Id));
            return response;
        }

        var recorded = await record.ExecuteAsync(
            new OperatorInput.RecordUndo(order.Since, accounts.Length, order.Note), caller, cancellationToken);
        if (recorded.Refusal is { } refusal)
        {
            throw GrainCalls.Refused(refusal);
        }

        var outcomes = new ConcurrentDictionary<long, RefusalInfo?>();
        var versions = accounts.ToDictionary(a => a.Id, a => a.StateVersion);
        await grains.ForEachAsync(
            [.. versions.Keys],
            async (id, token) => outcomes[id] = await UndoAsync(order, caller, id, versions[id], token),
            cancellationToken);
        foreach (var (id, why) in outcomes.OrderBy(o => o.Key))
        {
            if (why is null)
            {
                response.RestoredIds.Add(id);
            }
            else
            {
                response.Failures.Add(
                    new V1.UndoFailure { Id = id, Reason = ErrorMap.Of(why.Reason).Reason, Message = why.Message });
            }
        }

        return response;
    }

    /// <summary>
    /// The accounts that are down by the person's act, ascending. The log also lists accounts restored since; they are
    /// left out.
    /// </summary>
    private async Task<(ImmutableArray<AccountInfo> Accounts, bool More)> FindAsync(
        UndoOrder order, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<AccountInfo>();
        long after = 0;
        do
        {
            var page = await grains.RepeatAsync(
                () => grains.Directory.ListHarmedAsync(
                    order.Person, order.Since, after, Limits.PageSize, cancellationToken),
                cancellationToken);
            foreach (var account in await grains.ReadAsync(page.Ids, cancellationToken))
            {
                if (account is null || !IsDownBy(account, order))
                {
                    continue;
                }

                if (found.Count == Limits.UndoAccounts)
                {
                    return (found.ToImmutable(), true);
                }

                found.Add(account);
            }

            after = page.Next;
        }
        while (after != 0);
        return (found.ToImmutable(), false);
    }

    /// <summary>Whether an account is to be asked; the domain decides which holds are lifted.</summary>
    private static bool IsDownBy(AccountInfo account, UndoOrder order)
    {
        foreach (var hold in account.Holds)
        {
            if (hold.At >= order.Since && hold.Kind != HoldKind.OwnerDeactivation
                && ((hold.PlacedBy.Kind == ActorKind.Operator && hold.PlacedBy.Subject == order.Person)
                    || hold.ApprovedBy == order.Person))
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask<RefusalInfo?> UndoAsync(
        UndoOrder order, CallerInfo caller, long id, long stateVersion, CancellationToken cancellationToken)
    {
        var command = new CommandInput.Undo(order.Person, order.Since, order.Note);
        try
        {
            var requestId = RequestIdOf(order, caller, stateVersion);
            var reply = await grains.RepeatAsync(
                () => grains.Account(id).ExecuteAsync(
                    command, caller, requestId, expectedStateVersion: null, cancellationToken),
                cancellationToken);
            return reply.Refusal;
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException && ExceptionMap.RefusalOf(exception) is not null)
        {
            return ExceptionMap.RefusalOf(exception);
        }
    }

    /// <summary>
    /// The same for a repetition on the same state, and another one after the account changed: otherwise the undo of a
    /// second harm would be answered as a repetition of the first undo, without being done.
    /// </summary>
    private static string RequestIdOf(UndoOrder order, CallerInfo caller, long stateVersion)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{order.Person}\n{Microseconds.Of(order.Since)}\n{caller.Subject}\n{order.Note}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"undo:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]}:{stateVersion}");
    }
}
