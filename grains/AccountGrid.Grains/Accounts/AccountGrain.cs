using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>
/// The shell round one <see cref="AccountProcessor"/>: it gives the processor a place, one thread and a name in the
/// cluster, maps arguments and answers, and decides nothing.
/// </summary>
/// <remarks>
/// Every method interleaves; the processor's own bounded queue puts commands in turn, so that a full queue refuses at
/// once and reads are answered from the last published view while a command waits for the disk. Nearly every account in
/// memory is only read, so all else is made on first use.
/// </remarks>
[KnownAccountsPlacement, GrainType("account")]
public sealed partial class AccountGrain(
    SnapshotStore snapshotStore, AccountServices services, LocalAccounts local, ILogger<AccountGrain> log)
    : Grain, IAccountGrain
{
    private AccountProcessor? _processor;
    private Snapshots? _snapshots;
    private Refusal? _fault;

    /// <summary>
    /// Loads the account. A journal that cannot be read or does not fold faults this activation alone: it is made,
    /// answers every call with the refusal, and goes with the first call, so that the next one tries again.
    /// </summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!AccountId.TryCreate(this.GetPrimaryKeyLong(), out var id))
        {
            _fault = Refusal.NotFound("such account");
            return;
        }

        // The generation from before the load: after a pause during the load the journal is read once more.
        var processor = new AccountProcessor(id, services, local.Guard.Generation);
        try
        {
            var (snapshot, etag) = await snapshotStore.ReadAsync(this.GetGrainId());
            await processor.LoadAsync(snapshot, cancellationToken);
            _processor = processor;
            local.Enter(processor);
            _snapshots = etag is null ? null : SnapshotsOf(processor, etag);
            processor.Recover();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            _fault = refusal;
            Log.LoadFailed(log, e, id, RefusalMapping.IsDamage(e));
        }
    }

    /// <inheritdoc />
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return;
        }

        local.Withdraw(processor);
        await processor.SumUpRefusalsAsync();
        if (!processor.IsFenced)
        {
            await (_snapshots ?? SnapshotsOf(processor, etag: null)).WriteLastAsync();
        }
    }

    /// <inheritdoc />
    public ValueTask<Answer<AccountInfo>> GetAsync(long minVersion, CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return new(Faulted().ToAnswer<AccountInfo>());
        }

        return IsCurrent(processor)
            ? GetNow(processor, minVersion, cancellationToken)
            : CatchUpAndGetAsync(processor, minVersion, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<Answer<PublicAccountInfo>> VisitAsync(CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return new(Faulted().ToAnswer<PublicAccountInfo>());
        }

        return IsCurrent(processor) ? new(VisitNow(processor)) : CatchUpAndVisitAsync(processor, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<CommandReply> ExecuteAsync(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion,
        CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return Faulted().ToReply();
        }

        var (request, malformed) = CommandMapping.ToRequest(command, caller, requestId, expectedStateVersion);
        if (request is null)
        {
            return malformed!.ToReply();
        }

        if (!IsCurrent(processor) && await CatchUpAsync(processor, cancellationToken) is { } behind)
        {
            return behind.ToReply();
        }

        using var trace = caller.ContinueTrace();
        try
        {
            var result = await processor.ExecuteAsync(request, cancellationToken);
            return new(result.Outcome, result.View.State.IsRegistered ? result.View.ToInfo() : null,
                result.ProposalSequence, result.Refusal?.ToInfo())
            {
                IsFinal = result.IsFinal,
            };
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            return refusal.ToReply();
        }
        finally
        {
            AfterTurn(processor);
        }
    }

    /// <inheritdoc />
    public async Task<FollowReply> FollowAsync(
        ImmutableArray<FollowInput> changes, CallerInfo caller, CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return new(0, null, Faulted().ToInfo());
        }

        var (mapped, refusal) = FollowMapping.ToChanges(changes, caller);
        if (refusal is not null)
        {
            return new(0, null, refusal.ToInfo());
        }

        if (!IsCurrent(processor) && await CatchUpAsync(processor, cancellationToken) is { } behind)
        {
            return new(0, null, behind.ToInfo());
        }

        try
        {
            return (await processor.FollowAsync(mapped, cancellationToken)).ToReply();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } failure)
        {
            Failed(e);
            return new(0, null, failure.ToInfo());
        }
    }

    /// <inheritdoc />
    public Task FireDueAsync(CancellationToken cancellationToken) =>
        SystemTurnAsync(processor => processor.FireDueAsync(cancellationToken));

    /// <inheritdoc />
    public Task FreezeAsync(string person, CancellationToken cancellationToken) => SystemTurnAsync(async processor =>
    {
        var request = new AccountRequest(new AccountCommand.Freeze(OperatorId.Parse(person)), Caller.System);
        if ((await processor.ExecuteAsync(request, cancellationToken)).Refusal is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    });

    /// <inheritdoc />
    public async Task<Answer<EntryPage>> ReadJournalAsync(
        long beforeSequence, int max, CancellationToken cancellationToken)
    {
        // The journal is read as stored, also when it does not fold, because then an investigator needs to see it.
        var account = new AccountId(this.GetPrimaryKeyLong());
        try
        {
            var entries = await services.Journal.ReadBackwardsAsync(
                StreamId.Of(account), beforeSequence <= 0
                    ? long.MaxValue
                    : beforeSequence, Math.Clamp(max, 1, Limits.PageSize), cancellationToken);
            return new(entries.ToPage(), null);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return refusal.ToAnswer<EntryPage>();
        }
    }

    /// <inheritdoc />
    public async Task<Answer<IncidentList>> ReadIncidentsAsync(int max, CancellationToken cancellationToken)
    {
        try
        {
            var incidents = await IncidentReader.ReadAsync(new(this.GetPrimaryKeyLong()), services, cancellationToken);
            return new(
                new([.. incidents.Reverse().Take(Math.Clamp(max, 1, Limits.PageSize)).Select(JournalMapping.ToInfo)]),
                null);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return refusal.ToAnswer<IncidentList>();
        }
    }

    /// <summary>
    /// Whether what is in memory may be answered: the silo has not stood still, or has been found to be a member since
    /// and this account has been compared with the journal where it had to be.
    /// </summary>
    private bool IsCurrent(AccountProcessor processor) =>
        local.Guard.IsClear(out var generation) && generation == processor.Generation;

    /// <summary>
    /// Waits until the silo knows that it is still a member, and compares the account with the journal if the
    /// generation has grown.
    /// </summary>
    /// <returns>Why that was not possible; <c>null</c> = it was.</returns>
    /// <exception cref="SiloUnavailableException">The silo was declared dead; another one answers.</exception>
    private async Task<Refusal?> CatchUpAsync(AccountProcessor processor, CancellationToken cancellationToken)
    {
        try
        {
            var generation = await local.Guard.ConfirmAsync(cancellationToken);
            if (generation != processor.Generation)
            {
                await processor.CatchUpAsync(generation, cancellationToken);
            }

            return null;
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            return refusal;
        }
    }

    private async ValueTask<Answer<AccountInfo>> CatchUpAndGetAsync(
        AccountProcessor processor, long minVersion, CancellationToken cancellationToken) =>
        await CatchUpAsync(processor, cancellationToken) is { } refusal
            ? refusal.ToAnswer<AccountInfo>()
            : await GetNow(processor, minVersion, cancellationToken);

    private async ValueTask<Answer<PublicAccountInfo>> CatchUpAndVisitAsync(
        AccountProcessor processor, CancellationToken cancellationToken) =>
        await CatchUpAsync(processor, cancellationToken) is { } refusal
            ? refusal.ToAnswer<PublicAccountInfo>()
            : VisitNow(processor);

    private ValueTask<Answer<AccountInfo>> GetNow(
        AccountProcessor processor, long minVersion, CancellationToken cancellationToken)
    {
        processor.Recover();
        local.Offer(processor, processor.View);
        return processor.View.State.Version >= minVersion && processor.View.State.IsRegistered
            ? new(processor.View.ToAnswer())
            : GetRefreshedAsync(processor, minVersion, cancellationToken);
    }

    private Answer<PublicAccountInfo> VisitNow(AccountProcessor processor)
    {
        processor.Recover();
        if (processor.View.State is { IsRegistered: true, Status: not AccountStatus.Active })
        {
            processor.NoteReadRefused();
        }

        local.Offer(processor, processor.View);
        return KeptIfKnown(processor.View).ToPublicAnswer();
    }

    private async ValueTask<Answer<AccountInfo>> GetRefreshedAsync(
        AccountProcessor processor, long minVersion, CancellationToken cancellationToken)
    {
        try
        {
            await processor.RefreshAsync(Math.Max(minVersion, 1), cancellationToken);
            return KeptIfKnown(processor.View).ToAnswer();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            return refusal.ToAnswer<AccountInfo>();
        }
    }

    private async Task SystemTurnAsync(Func<AccountProcessor, Task> turn)
    {
        if (_processor is not { } processor)
        {
            throw new GrainRefusedException(Faulted().ToInfo());
        }

        if (!IsCurrent(processor) && await CatchUpAsync(processor, CancellationToken.None) is { } behind)
        {
            throw new GrainRefusedException(behind.ToInfo());
        }

        try
        {
            await turn(processor);
        }
        catch (Exception e) when (e is not GrainRefusedException && RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            throw new GrainRefusedException(refusal.ToInfo());
        }
        finally
        {
            AfterTurn(processor);
        }
    }

    /// <summary>An activation of an unregistered account deactivates itself after the call.</summary>
    private AccountView KeptIfKnown(AccountView view)
    {
        if (!view.State.IsRegistered)
        {
            DeactivateOnIdle();
        }

        return view;
    }

    private Refusal Faulted()
    {
        DeactivateOnIdle();
        return _fault!;
    }

    private void Failed(Exception failure)
    {
        if (RefusalMapping.IsDamage(failure))
        {
            Log.Damaged(log, failure, _processor!.Id);
            DeactivateOnIdle();
        }
    }

    private void AfterTurn(AccountProcessor processor)
    {
        if (processor.IsFenced)
        {
            Log.Fenced(log, processor.Id);
            DeactivateOnIdle();
        }
        else if (processor.SnapshotDue)
        {
            _snapshots ??= SnapshotsOf(processor, etag: null);
            _snapshots.BeginWrite();
        }
    }

    private Snapshots SnapshotsOf(AccountProcessor processor, string? etag) =>
        new(snapshotStore, this.GetGrainId(), processor, etag, services.Clock, log);
}
