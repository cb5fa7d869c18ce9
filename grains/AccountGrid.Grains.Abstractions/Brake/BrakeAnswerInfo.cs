namespace AccountGrid.Grains;

/// <summary>What the brake says of a harm.</summary>
/// <param name="Reservation">To settle; <c>null</c> while it is engaged, or where it does not count yet.</param>
/// <param name="EngagedUntil">Until when it is engaged; <c>null</c> where the harm may happen.</param>
[GenerateSerializer, Immutable, Alias("ag.brake-answer")]
public sealed record BrakeAnswerInfo(
    [property: Id(0)] long? Reservation, [property: Id(1)] DateTimeOffset? EngagedUntil);
