using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>A page of operators.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator-page")]
public sealed record OperatorPage(
    [property: Id(0)] ImmutableArray<OperatorInfo> Operators, [property: Id(1)] string Next);
