namespace AccountGrid.Grains;

/// <summary>What came of a reservation in a service's budget: one of the two, or none without a reservation.</summary>
/// <param name="Reservation">To settle, where it fits and was reserved.</param>
/// <param name="Budget">Why it does not fit.</param>
[GenerateSerializer, Immutable, Alias("ag.reservation")]
public sealed record ReservationInfo([property: Id(0)] long? Reservation, [property: Id(1)] RefusalInfo? Budget)
{
    /// <summary>What is left of the budget, where it was asked for without a reservation.</summary>
    [Id(2)]
    public BudgetLeftInfo? Left { get; init; }
}
