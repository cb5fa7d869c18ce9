using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>A page of entries.</summary>
/// <param name="Entries">The entries, in the order asked for.</param>
/// <param name="Next">The key to go on from, or 0 at the end.</param>
[GenerateSerializer, Immutable, Alias("ag.entry-page")]
public sealed record EntryPage([property: Id(0)] ImmutableArray<EntryInfo> Entries, [property: Id(1)] long Next);
