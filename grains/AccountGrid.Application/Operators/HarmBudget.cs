using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// What one person or service has spent within the window. <see cref="LoadAsync"/> runs on its processor's scheduler;
/// everything else is for any thread.
/// </summary>
internal sealed class HarmBudget(Actor by, OperatorServices services)
{
    private readonly RollingCharges _charges = new(
        () => services.Clock.GetUtcNow() - services.Policy.BudgetWindow,
        (after, cancellationToken) => services.Harms.ReadChargesAsync(by, after, cancellationToken));

    /// <inheritdoc cref="RollingCharges.IsLoaded"/>
    public bool IsLoaded => _charges.IsLoaded;

    /// <summary>Reads the charges where memory does not have them all.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (await _charges.LoadAsync(cancellationToken))
        {
            services.Diagnostics.Moderation.Budgets.Show(by, this);
        }
    }

    /// <summary>Reserves a harm, or says why it does not fit.</summary>
    public (long? Reservation, Refusal? Refusal) Reserve(HarmIntent intent, DateTimeOffset now)
    {
        services.Diagnostics.Moderation.Budgets.Show(by, this);
        return _charges.Reserve(
            intent.Reach, now,
            (harms, reach) => Budget.Fits(harms, reach, intent.Reach, services.Policy, by.Kind)) is { } number
                ? (number, null)
                : (null, Budget.Check(_charges.All, intent.Reach, now, services.Policy, by.Kind));
    }

    /// <summary>What <see cref="Reserve"/> would say of a harm, and what is left beside it; reserves nothing.</summary>
    public (Refusal? Refusal, BudgetLeft Left) Peek(HarmIntent intent, DateTimeOffset now)
    {
        var (harms, reach) = _charges.Spent();
        return (Budget.Check(_charges.All, intent.Reach, now, services.Policy, by.Kind),
            Budget.LeftOf(harms, reach, services.Policy, by.Kind));
    }

    /// <summary>As <see cref="RollingCharges.Settle"/>.</summary>
    public void Settle(long reservation, DateTimeOffset? happenedAt) => _charges.Settle(reservation, happenedAt);

    /// <summary>Number and reach within the window, reservations included.</summary>
    public (int Harms, long Reach) Spent() => _charges.Spent();

    /// <summary>How much of each ceiling is used now, reservations included.</summary>
    public (double Actions, double Reach) Use() =>
        Budget.UseOf(_charges.All, services.Clock.GetUtcNow(), services.Policy, by.Kind);

    /// <summary>As <see cref="RollingCharges.Reread"/>.</summary>
    public void Reread() => _charges.Reread();
}
