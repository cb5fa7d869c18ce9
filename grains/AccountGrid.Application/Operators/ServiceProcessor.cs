using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The budget of one service at work, derived from the accounts' journals: a service has no record of its own.
/// </summary>
/// <remarks>
/// Single-threaded by contract, like <see cref="OperatorProcessor"/>; only <see cref="TryReserve"/> and
/// <see cref="Settle"/> are for any thread.
/// </remarks>
public sealed class ServiceProcessor
{
    private readonly OperatorServices _services;
    private readonly HarmBudget _budget;

    /// <summary>A processor that has read nothing yet.</summary>
    /// <param name="service">The service.</param>
    /// <param name="services">Its parts.</param>
    /// <exception cref="ArgumentException">The actor is no service.</exception>
    public ServiceProcessor(Actor service, OperatorServices services)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(services);
        if (service.Kind != ActorKind.Service)
        {
            throw new ArgumentException($"{service} is no service.", nameof(service));
        }

        _services = services;
        _budget = new(service, services);
    }

    /// <summary>
    /// Reserves a harm until <see cref="Settle"/> or until the window is over, or says why it does not fit.
    /// </summary>
    /// <exception cref="StorageUnavailableException">What was spent cannot be read.</exception>
    public async ValueTask<(long? Reservation, Refusal? Refusal)> ReserveAsync(
        HarmIntent intent, CancellationToken cancellationToken)
    {
        await _budget.LoadAsync(cancellationToken);
        return Reserve(intent);
    }

    /// <summary>
    /// The answer of <see cref="ReserveAsync"/> where memory alone can give it, or <c>null</c>. Never waits; for any
    /// thread.
    /// </summary>
    public (long? Reservation, Refusal? Refusal)? TryReserve(HarmIntent intent) =>
        _budget.IsLoaded ? Reserve(intent) : null;

    /// <summary>What <see cref="ReserveAsync"/> would say, and what is left of the budget; reserves nothing.</summary>
    /// <exception cref="StorageUnavailableException">What was spent cannot be read.</exception>
    public async ValueTask<(Refusal? Refusal, BudgetLeft Left)> PeekAsync(
        HarmIntent intent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intent);
        await _budget.LoadAsync(cancellationToken);
        return _budget.Peek(intent, _services.Clock.GetUtcNow());
    }

    private (long? Reservation, Refusal? Refusal) Reserve(HarmIntent intent)
    {
        ArgumentNullException.ThrowIfNull(intent);
        return _budget.Reserve(intent, _services.Clock.GetUtcNow());
    }

    /// <summary>Reads the journals again before the next reservation.</summary>
    public void Reread() => _budget.Reread();

    /// <summary>As <see cref="OperatorProcessor.Settle"/>.</summary>
    public void Settle(long reservation, DateTimeOffset? happenedAt) => _budget.Settle(reservation, happenedAt);
}
