namespace AccountGrid.Grains;

/// <summary>Which entries an auditor asks for.</summary>
[GenerateSerializer, Immutable, Alias("ag.audit-filter")]
public sealed record AuditFilterInput(
    [property: Id(0)] string? Stream,
    [property: Id(1)] string? Subject,
    [property: Id(2)] string? Type,
    [property: Id(3)] DateTimeOffset? Since,
    [property: Id(4)] DateTimeOffset? Until);
