namespace AccountGrid.Application;

/// <summary>A part of an account's edges.</summary>
/// <param name="Count">The stored count at the instant of counting; 0 where there is none.</param>
/// <param name="Version">The count's version at that instant: it moves with every batch that changes an edge.</param>
/// <param name="Edges">Edges counted.</param>
/// <param name="Last">The last follower counted; <c>null</c> where the account has no edge beyond the part.</param>
public readonly record struct EdgeSlice(long Count, long Version, long Edges, long? Last);
