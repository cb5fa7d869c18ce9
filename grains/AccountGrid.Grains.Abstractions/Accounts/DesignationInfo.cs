namespace AccountGrid.Grains;

/// <summary>The explicit protection.</summary>
[GenerateSerializer, Immutable, Alias("ag.designation")]
public sealed record DesignationInfo(
    [property: Id(0)] string Owner,
    [property: Id(1)] string Reason,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset ReviewAt);
