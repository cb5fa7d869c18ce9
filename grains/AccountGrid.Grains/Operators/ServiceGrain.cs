using AccountGrid.Application;
using AccountGrid.Domain;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>The shell round one <see cref="ServiceProcessor"/>.</summary>
[ActivationCountBasedPlacement, GrainType("service")]
public sealed class ServiceGrain(
    OperatorServices services, PauseGuard guard, LocalProcessors<ServiceProcessor> local) : Grain, IServiceGrain
{
    private readonly GrainMemory _memory = new(guard, isRead: true);
    private LocalProcessors<ServiceProcessor>.Activation? _here;

    /// <summary>The key of a service's grain.</summary>
    internal static string KeyOf(Actor service) => BudgetMark.TextOf(service);

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (BudgetMark.Parse(this.GetPrimaryKeyString()) is { Kind: ActorKind.Service } service)
        {
            _here = local.Begin(KeyOf(service), new(service, services));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _here?.End();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask<ReservationInfo> ReserveAsync(long account, long reach, CancellationToken cancellationToken) =>
        AnswerAsync(async (here, generation) =>
        {
            var (reservation, refusal) = await here.Processor.ReserveAsync(
                new HarmIntent(new AccountId(account), reach), cancellationToken);
            here.Called(generation);
            return new(reservation, refusal?.ToInfo());
        }, cancellationToken);

    /// <inheritdoc />
    public ValueTask<ReservationInfo> PeekAsync(long account, long reach, CancellationToken cancellationToken) =>
        AnswerAsync(async (here, _) =>
        {
            var (refusal, left) = await here.Processor.PeekAsync(
                new HarmIntent(new AccountId(account), reach), cancellationToken);
            return new(null, refusal?.ToInfo()) { Left = left.ToInfo() };
        }, cancellationToken);

    private async ValueTask<ReservationInfo> AnswerAsync(
        Func<LocalProcessors<ServiceProcessor>.Activation, int, Task<ReservationInfo>> answer,
        CancellationToken cancellationToken)
    {
        if (_here is not { Processor: var processor })
        {
            DeactivateOnIdle();
            throw new GrainRefusedException(Refusal.Invalid("service", "must be a service's subject").ToInfo());
        }

        try
        {
            var generation = await _memory.ConfirmAsync(
                () =>
                {
                    processor.Reread();
                    return Task.CompletedTask;
                },
                cancellationToken);
            return await answer(_here, generation);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    /// <inheritdoc />
    public Task SettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        _here?.Processor.Settle(reservation, happenedAt);
        return Task.CompletedTask;
    }
}
