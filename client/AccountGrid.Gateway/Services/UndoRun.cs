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
/// Undoes the harm of one person or service: finds the accounts, records the undo, then restores them; the rules of
/// each account decide. It is recorded in the journal of the person whose acts are undone; a service has no journal, so
/// its undo is recorded in that of the person who asks for it. If it ends early, some accounts are restored, and the
/// same call continues with the rest. Stateless.
/// </summary>
internal sealed class UndoRun(GrainCalls grains, TimeProvider clock)
{
    /// <summary>Runs the order.</summary>
    /// <exception cref="ApiException">There is no such operator, or recording the undo was refused.</exception>
    public async Task<UndoResult> RunAsync(UndoOrder order, CallerInfo caller, CancellationToken cancellationToken)
    {
        if (!order.OfAService && (await grains.GetOperatorAsync(order.Subject, cancellationToken)).Version == 0)
        {
            throw new ApiException(ApiError.Of(Refusal.NotFound($"operator {order.Subject}")));
        }

        var (accounts, more) = await FindAsync(order, cancellationToken);
        if (order.DryRun || accounts.IsEmpty)
        {
            return new([.. accounts.Select(static account => account.Id)], [], more);
        }

        await RecordAsync(order, accounts.Length, caller, cancellationToken);

        var outcomes = new ConcurrentDictionary<long, RefusalInfo?>();
        var versions = accounts.ToDictionary(a => a.Id, a => a.StateVersion);
        await grains.ForEachAsync(
            [.. versions.Keys],
            async (id, token) => outcomes[id] = await UndoAsync(order, caller, id, versions[id], token),
            cancellationToken);
        var sorted = outcomes.OrderBy(static outcome => outcome.Key).ToArray();
        return new(
            [.. sorted.Where(static outcome => outcome.Value is null).Select(static outcome => outcome.Key)],
            [.. from outcome in sorted
                where outcome.Value is not null
                select new V1.UndoFailure
                {
                    Id = outcome.Key,
                    Reason = ErrorMap.Of(outcome.Value.Reason).Reason,
                    Message = outcome.Value.Message,
                }],
            more);
    }

    /// <exception cref="ApiException">It was refused.</exception>
    private async Task RecordAsync(
        UndoOrder order, int accounts, CallerInfo caller, CancellationToken cancellationToken)
    {
        var (record, input) = order.OfAService
            ? (caller.Subject, (OperatorInput)new OperatorInput.RecordServiceUndo(
                order.Subject, order.Since, accounts, order.Note))
            : (order.Subject, new OperatorInput.RecordUndo(order.Since, accounts, order.Note));
        var recorded = await grains.Operator(record).ExecuteAsync(input, caller, cancellationToken);
        if (recorded.Refusal is { } refusal)
        {
            throw GrainCalls.Refused(refusal);
        }
    }

    /// <summary>
    /// The accounts that are down, or may lose more followers, by the person's or the service's act, ascending. The log
    /// also lists accounts restored since; they are left out.
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
                    order.Name, order.Since, after, Limits.PageSize, cancellationToken),
                cancellationToken);
            foreach (var account in await grains.ReadAsync(page.Ids, cancellationToken))
            {
                if (account is null || !(IsDownBy(account, order) || MayLoseBy(account, order)))
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
            if (hold.At >= order.Since && (order.OfAService
                ? hold.Kind == HoldKind.OwnerDeactivation
                    && hold.PlacedBy.Kind == ActorKind.Service && hold.PlacedBy.Subject == order.Subject
                : hold.Kind != HoldKind.OwnerDeactivation
                    && ((hold.PlacedBy.Kind == ActorKind.Operator && hold.PlacedBy.Subject == order.Subject)
                        || hold.ApprovedBy == order.Subject)))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayLoseBy(AccountInfo account, UndoOrder order) =>
        !order.OfAService && account.Losses?.Allowance is { } allowance
        && allowance.At >= order.Since && clock.GetUtcNow() < allowance.Until
        && (allowance.PlacedBy.Subject == order.Subject || allowance.ApprovedBy == order.Subject);

    private async ValueTask<RefusalInfo?> UndoAsync(
        UndoOrder order, CallerInfo caller, long id, long stateVersion, CancellationToken cancellationToken)
    {
        CommandInput command = order.OfAService
            ? new CommandInput.UndoService(order.Subject, order.Since, order.Note)
            : new CommandInput.Undo(order.Subject, order.Since, order.Note);
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
            $"{order.Name}\n{Microseconds.Of(order.Since)}\n{caller.Subject}\n{order.Note}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"undo:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]}:{stateVersion}");
    }
}
