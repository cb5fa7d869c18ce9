using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Registers accounts: an append to an empty journal. The fence decides between two that try at once, so that no
/// activation is needed. Stateless and thread-safe.
/// </summary>
public sealed class AccountRegistrar(AccountServices services)
{
    /// <summary>
    /// Registers an account. The same request id with the same body answers as before; anything else about an account
    /// that exists is refused.
    /// </summary>
    /// <returns>The outcome; in a refusal the view is that of an unknown account, because nothing was read.</returns>
    /// <exception cref="StorageUnavailableException">
    /// The store failed; where the outcome is unknown the caller retries with the same request id.
    /// </exception>
    public async Task<AccountResult> RegisterAsync(
        AccountId id, string handle, Caller caller, string? requestId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentNullException.ThrowIfNull(caller);
        using var run = services.Diagnostics.StartCommand("account.register", "register", services.Clock);
        run.Activity?.SetTag(ApplicationDiagnostics.AccountTag, id.Value);
        ApplicationDiagnostics.Describe(run.Activity, caller.Actor);
        try
        {
            var result = await DecideAndAppendAsync(id, handle, caller, requestId, cancellationToken);
            run.Answered(result.Outcome, result.Refusal);
            return result;
        }
        catch (Exception e)
        {
            run.Failed(e);
            throw;
        }
    }

    /// <summary>
    /// Says what <see cref="RegisterAsync"/> would answer now, by the same checks; nothing is written. The view is that
    /// of now, so of an unknown account where it would be registered.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task<AccountResult> ValidateAsync(
        AccountId id, string handle, Caller caller, string? requestId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentNullException.ThrowIfNull(caller);
        using var span = services.Diagnostics.StartValidation("account.validate", "register", caller.Actor)
            ?.SetTag(ApplicationDiagnostics.AccountTag, id.Value);
        var unknown = new AccountView(AccountState.Unregistered(id), null, null, services.Policy);
        return AccountDecider.Register(unknown.State, handle, caller, requestId) is Decision.Refused d
            ? AccountResult.Refused(unknown, d.Refusal)
            : await services.Journal.ExistsAsync(StreamId.Of(id), cancellationToken)
                ? await AnswerExistingAsync(id, handle, caller, requestId, unknown, cancellationToken)
                : new(Outcome.Done, unknown, null, null);
    }

    private async Task<AccountResult> DecideAndAppendAsync(
        AccountId id, string handle, Caller caller, string? requestId, CancellationToken cancellationToken)
    {
        var unknown = new AccountView(AccountState.Unregistered(id), null, null, services.Policy);
        try
        {
            // Nearly every registration is of an account that does not exist: nothing is read before the append.
            return AccountDecider.Register(unknown.State, handle, caller, requestId) switch
            {
                Decision.Refused d => AccountResult.Refused(unknown, d.Refusal),
                Decision.Accepted d
                    when await AppendAsync(id, handle, d, caller, requestId, cancellationToken) is { } view =>
                    new(Outcome.Done, view, null, null),
                _ => await AnswerExistingAsync(id, handle, caller, requestId, unknown, cancellationToken),
            };
        }
        catch (StorageOverloadedException full)
        {
            return AccountResult.Refused(unknown, Refusal.Overloaded(full.What, full.RetryAfter));
        }
    }

    /// <summary>The registered account, or <c>null</c> if there was one already.</summary>
    private async Task<AccountView?> AppendAsync(
        AccountId id, string handle, Decision.Accepted decision, Caller caller, string? requestId,
        CancellationToken cancellationToken)
    {
        var stream = services.StreamOf(id);
        var facts = new EntryFacts(
            Microseconds.Truncate(services.Clock.GetUtcNow()), caller.Actor, requestId,
            requestId is null
                ? null
                : RequestDigest.OfRegistration(id, caller.Actor, handle), ApplicationDiagnostics.CurrentTraceId);
        if (await stream.AppendAsync(stream.Head, decision.Events, facts, cancellationToken) is not { } head)
        {
            return null;
        }

        // Followers are refused before an account exists: its ledger is empty.
        var none = new FollowerCount(0, 0, DateTimeOffset.UnixEpoch);
        return new(head.State, none, none, services.Policy);
    }

    /// <summary>
    /// A retry gets its answer, with the account as it is now; without a request id there is nothing to look for.
    /// </summary>
    private async Task<AccountResult> AnswerExistingAsync(
        AccountId id, string handle, Caller caller, string? requestId, AccountView unknown,
        CancellationToken cancellationToken)
    {
        var exists = Refusal.AlreadyExists($"Account {id}");
        if (requestId is null)
        {
            return AccountResult.Refused(unknown, exists);
        }

        var existing = new AccountProcessor(id, services);
        await existing.LoadAsync(snapshot: null, cancellationToken);
        return AccountDecider.Register(existing.View.State, handle, caller, requestId) switch
        {
            Decision.Replayed d => new(d.Request.Outcome, existing.View, d.Request.ProposalSequence, d.Request.Refusal),
            Decision.Refused d => AccountResult.Refused(unknown, d.Refusal),
            _ => AccountResult.Refused(unknown, exists),
        };
    }
}
