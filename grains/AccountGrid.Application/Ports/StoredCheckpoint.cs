namespace AccountGrid.Application;

/// <summary>A checkpoint with what is needed to go on from it.</summary>
/// <param name="Checkpoint">The signed statement.</param>
/// <param name="Frontier">
/// The serialized right edge of the Merkle tree at that size; checked against the root before it is used.
/// </param>
public sealed record StoredCheckpoint(Checkpoint Checkpoint, ReadOnlyMemory<byte> Frontier);
