namespace AccountGrid.Application;

/// <summary>What the brake says of a harm.</summary>
/// <param name="Reservation">
/// The reservation to settle; <c>null</c> while the brake is engaged, or where it does not count yet.
/// </param>
/// <param name="EngagedUntil">Until when the brake is engaged; <c>null</c> where the harm may happen.</param>
public sealed record BrakeAnswer(long? Reservation, DateTimeOffset? EngagedUntil)
{
    /// <summary>The harm may happen and does not count: silos of the version before do not count theirs.</summary>
    public static BrakeAnswer NotCounted { get; } = new(null, null);
}
