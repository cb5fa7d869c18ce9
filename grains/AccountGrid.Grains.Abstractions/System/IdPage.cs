using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>A page of account ids.</summary>
[GenerateSerializer, Immutable, Alias("ag.id-page")]
public sealed record IdPage([property: Id(0)] ImmutableArray<long> Ids, [property: Id(1)] long Next);
