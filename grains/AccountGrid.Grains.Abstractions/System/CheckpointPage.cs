using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>A page of checkpoints, newest first.</summary>
[GenerateSerializer, Immutable, Alias("ag.checkpoint-page")]
public sealed record CheckpointPage(
    [property: Id(0)] ImmutableArray<CheckpointInfo> Checkpoints, [property: Id(1)] long Next);
