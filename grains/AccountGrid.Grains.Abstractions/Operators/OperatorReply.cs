namespace AccountGrid.Grains;

/// <summary>What came of an operator command.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator-reply")]
public sealed record OperatorReply([property: Id(0)] OperatorInfo? Operator, [property: Id(1)] RefusalInfo? Refusal);
