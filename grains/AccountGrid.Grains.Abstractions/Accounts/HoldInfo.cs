using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What keeps an account down.</summary>
[GenerateSerializer, Immutable, Alias("ag.hold")]
public sealed record HoldInfo(
    [property: Id(0)] HoldKind Kind,
    [property: Id(1)] ActorInfo PlacedBy,
    [property: Id(2)] string? ApprovedBy,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] string Reason,
    [property: Id(5)] DateTimeOffset? Until);
