using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>A refusal on its way to a caller.</summary>
[GenerateSerializer, Immutable, Alias("ag.refusal")]
public sealed record RefusalInfo(
    [property: Id(0)] RefusalReason Reason,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Field,
    [property: Id(3)] TimeSpan? RetryAfter);
