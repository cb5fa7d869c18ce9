namespace AccountGrid.Grains;

/// <summary>A checkpoint on its way to an auditor.</summary>
[GenerateSerializer, Immutable, Alias("ag.checkpoint")]
public sealed record CheckpointInfo(
    [property: Id(0)] long Number,
    [property: Id(1)] long Position,
    [property: Id(2)] ReadOnlyMemory<byte> Root,
    [property: Id(3)] ReadOnlyMemory<byte> Previous,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] string KeyId,
    [property: Id(6)] ReadOnlyMemory<byte> Signature);
