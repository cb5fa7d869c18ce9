namespace AccountGrid.Grains;

/// <summary>What came of a reservation in a service's budget: exactly one of the two.</summary>
/// <param name="Reservation">To settle, where it fits.</param>
/// <param name="Budget">Why it does not fit.</param>
[GenerateSerializer, Immutable, Alias("ag.reservation")]
public sealed record ReservationInfo([property: Id(0)] long? Reservation, [property: Id(1)] RefusalInfo? Budget);
