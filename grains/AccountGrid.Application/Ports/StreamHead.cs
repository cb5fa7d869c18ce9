using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>A stream and the version that its index row claims.</summary>
public readonly record struct StreamHead(StreamId Stream, long Version);
