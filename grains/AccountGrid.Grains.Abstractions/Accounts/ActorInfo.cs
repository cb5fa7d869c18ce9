using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>The actor of an entry, a hold or a proposal.</summary>
[GenerateSerializer, Immutable, Alias("ag.actor")]
public sealed record ActorInfo([property: Id(0)] ActorKind Kind, [property: Id(1)] string Subject);
