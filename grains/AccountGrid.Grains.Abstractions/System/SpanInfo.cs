using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>One ended span that a process of the cluster remembers.</summary>
/// <param name="TraceId">
/// Its trace, 32 lower-case hex digits: for a group commit its own, which is another than that of the commands it
/// carries.
/// </param>
/// <param name="SpanId">16 lower-case hex digits.</param>
/// <param name="ParentSpanId">The span above it, or empty for a root.</param>
/// <param name="Name">What was done.</param>
/// <param name="Kind">What it was about.</param>
/// <param name="Source">The activity source that recorded it, such as <c>AccountGrid.Gateway</c>.</param>
/// <param name="StartedAt">When it began, by the clock of its process.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="IsError">Whether it failed. A refusal is an answer and no error.</param>
/// <param name="StatusText">What failed, or empty.</param>
/// <param name="Attributes">Its attributes, values as text.</param>
/// <param name="Links">
/// Spans that it is linked to: the commit that carried it, the commands that a commit carries, the request that made
/// the proposal.
/// </param>
/// <param name="Place">Which process recorded it: a silo's address, or <c>gateway</c>.</param>
[GenerateSerializer, Immutable, Alias("ag.span")]
public sealed record SpanInfo(
    [property: Id(0)] string TraceId,
    [property: Id(1)] string SpanId,
    [property: Id(2)] string ParentSpanId,
    [property: Id(3)] string Name,
    [property: Id(4)] SpanKind Kind,
    [property: Id(5)] string Source,
    [property: Id(6)] DateTimeOffset StartedAt,
    [property: Id(7)] TimeSpan Duration,
    [property: Id(8)] bool IsError,
    [property: Id(9)] string StatusText,
    [property: Id(10)] ImmutableArray<KeyValuePair<string, string>> Attributes,
    [property: Id(11)] ImmutableArray<SpanLinkInfo> Links,
    [property: Id(12)] string Place = "");
