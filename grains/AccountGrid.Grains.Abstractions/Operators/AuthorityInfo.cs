using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What a person may do now.</summary>
/// <param name="Standing">The standing at this instant.</param>
/// <param name="Roles">The registered roles.</param>
/// <param name="Budget">Why the intent is over budget.</param>
/// <param name="Reservation">To settle, where an intent was reserved.</param>
[GenerateSerializer, Immutable, Alias("ag.authority")]
public sealed partial record AuthorityInfo(
    [property: Id(0)] Standing Standing, [property: Id(1)] Roles Roles, [property: Id(2)] RefusalInfo? Budget,
    [property: Id(3)] long? Reservation);
