using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>The incidents of an account, newest first.</summary>
[GenerateSerializer, Immutable, Alias("ag.incidents")]
public sealed record IncidentList([property: Id(0)] ImmutableArray<IncidentInfo> Incidents);
