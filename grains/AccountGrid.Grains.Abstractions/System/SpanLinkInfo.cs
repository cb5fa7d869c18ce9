namespace AccountGrid.Grains;

/// <summary>Another span that one is linked to.</summary>
/// <param name="TraceId">Its trace.</param>
/// <param name="SpanId">The span.</param>
[GenerateSerializer, Immutable, Alias("ag.span-link")]
public sealed record SpanLinkInfo([property: Id(0)] string TraceId, [property: Id(1)] string SpanId);
