using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>An atomic append to one stream.</summary>
/// <param name="Stream">The stream that grows.</param>
/// <param name="ExpectedVersion">The journal's length before; 0 creates the stream.</param>
/// <param name="Entries">Consecutive entries from <c>ExpectedVersion + 1</c>, hashes computed.</param>
/// <param name="Index">The stream's index row after this append.</param>
public sealed record JournalAppend(
    StreamId Stream, long ExpectedVersion, ImmutableArray<PendingEntry> Entries, StreamIndexRow Index);
