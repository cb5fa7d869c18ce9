using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>What a span was about, by OpenTelemetry's kinds. Numbers cross silos: never renumber.</summary>
public enum SpanKind
{
    /// <summary>Work within a process.</summary>
    Internal = 0,

    /// <summary>A call that was answered here.</summary>
    Server = 1,

    /// <summary>A call to a grain or to the database.</summary>
    Client = 2,

    /// <summary>Something sent off.</summary>
    Producer = 3,

    /// <summary>Something received.</summary>
    Consumer = 4,
}

/// <summary>One ended span that a process of the cluster remembers.</summary>
/// <param name="TraceId">Its trace, 32 lower-case hex digits: for a group commit its own, which is another than that of the commands it carries.</param>
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
/// <param name="Links">Spans that it is linked to: the commit that carried it, the commands that a commit carries, the request that made the proposal.</param>
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

/// <summary>Another span that one is linked to.</summary>
/// <param name="TraceId">Its trace.</param>
/// <param name="SpanId">The span.</param>
[GenerateSerializer, Immutable, Alias("ag.span-link")]
public sealed record SpanLinkInfo([property: Id(0)] string TraceId, [property: Id(1)] string SpanId);

/// <summary>One line about a trace, from the spans that were found of it.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="StartedAt">When its first span began.</param>
/// <param name="Duration">How long its longest span took.</param>
/// <param name="Name">The request, or what the system did by itself.</param>
/// <param name="Action">The command, such as <c>deactivate</c>, or empty.</param>
/// <param name="Account">The account that it was about, or 0.</param>
/// <param name="Actor">The subject that sent it, or empty.</param>
/// <param name="Outcome"><c>done</c>, <c>pending</c>, <c>refused</c>, <c>unknown</c> ..., or empty.</param>
/// <param name="Refusal">The reason of a refusal, or empty.</param>
/// <param name="IsError">Whether any of its spans failed.</param>
/// <param name="Spans">How many spans are remembered.</param>
[GenerateSerializer, Immutable, Alias("ag.trace-summary")]
public sealed record TraceSummaryInfo(
    [property: Id(0)] string TraceId,
    [property: Id(1)] DateTimeOffset StartedAt,
    [property: Id(2)] TimeSpan Duration,
    [property: Id(3)] string Name,
    [property: Id(4)] string Action,
    [property: Id(5)] long Account,
    [property: Id(6)] string Actor,
    [property: Id(7)] string Outcome,
    [property: Id(8)] string Refusal,
    [property: Id(9)] bool IsError,
    [property: Id(10)] int Spans);

/// <summary>What the silos remember of one trace.</summary>
/// <param name="Spans">Its spans and those of the commits that carried it, in order of their beginning.</param>
/// <param name="Missing">Addresses of silos that did not answer: what they remember is not among the spans.</param>
[GenerateSerializer, Immutable, Alias("ag.trace")]
public sealed record TraceInfo([property: Id(0)] ImmutableArray<SpanInfo> Spans, [property: Id(1)] ImmutableArray<string> Missing);

/// <summary>What the silos remember of all traces.</summary>
/// <param name="Traces">One line for each, in no order; a trace of several silos has several.</param>
/// <param name="Missing">Addresses of silos that did not answer.</param>
[GenerateSerializer, Immutable, Alias("ag.trace-list")]
public sealed record TraceListInfo([property: Id(0)] ImmutableArray<TraceSummaryInfo> Traces, [property: Id(1)] ImmutableArray<string> Missing);
