using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>What the silos remember of all traces.</summary>
/// <param name="Traces">One line for each, in no order; a trace of several silos has several.</param>
/// <param name="Missing">Addresses of silos that did not answer.</param>
[GenerateSerializer, Immutable, Alias("ag.trace-list")]
public sealed record TraceListInfo(
    [property: Id(0)] ImmutableArray<TraceSummaryInfo> Traces, [property: Id(1)] ImmutableArray<string> Missing);
