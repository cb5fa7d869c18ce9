using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>One operator as the grain answers it.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator")]
public sealed record OperatorInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string DisplayName,
    [property: Id(2)] Roles Roles,
    [property: Id(3)] Standing Standing,
    [property: Id(4)] DateTimeOffset? AuthorityEndsAt,
    [property: Id(5)] long Version,
    [property: Id(6)] int HarmsInWindow,
    [property: Id(7)] long ReachInWindow,
    [property: Id(8)] bool FreezePending);
