namespace AccountGrid.Grains;

/// <summary>A journal entry on its way to an auditor, exactly as stored.</summary>
[GenerateSerializer, Immutable, Alias("ag.entry")]
public sealed record EntryInfo(
    [property: Id(0)] string Stream,
    [property: Id(1)] long Sequence,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] ActorInfo Actor,
    [property: Id(4)] string Type,
    [property: Id(5)] int TypeVersion,
    [property: Id(6)] string PayloadJson,
    [property: Id(7)] string TraceId,
    [property: Id(8)] string? RequestId,
    [property: Id(9)] ReadOnlyMemory<byte> Hash,
    [property: Id(10)] long Position);
