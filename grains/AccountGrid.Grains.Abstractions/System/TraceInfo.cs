using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>What the silos remember of one trace.</summary>
/// <param name="Spans">Its spans and those of the commits that carried it, in order of their beginning.</param>
/// <param name="Missing">Addresses of silos that did not answer: what they remember is not among the spans.</param>
[GenerateSerializer, Immutable, Alias("ag.trace")]
public sealed record TraceInfo(
    [property: Id(0)] ImmutableArray<SpanInfo> Spans, [property: Id(1)] ImmutableArray<string> Missing);
