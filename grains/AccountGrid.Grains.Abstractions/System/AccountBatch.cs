using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>Some accounts, in no order; one that has an activation on two silos is there twice.</summary>
[GenerateSerializer, Immutable, Alias("ag.account-batch")]
public sealed record AccountBatch([property: Id(0)] ImmutableArray<AccountInfo> Accounts);
