namespace AccountGrid.Application;

/// <summary>
/// A signed statement about all journals up to a position. The root is the RFC 6962 Merkle tree hash over the entry
/// hashes in commit order: an append-only log, so that a checkpoint costs what came since the one before and every
/// stream's head is under it.
/// </summary>
/// <param name="Number">From 1, gap-free.</param>
/// <param name="Position">The last position covered; also the tree size.</param>
/// <param name="Root">The Merkle root, 32 bytes.</param>
/// <param name="Previous">SHA-256 of the checkpoint before in canonical form, empty for the first.</param>
/// <param name="At">When it was made, UTC.</param>
/// <param name="KeyId">
/// Which key signed: the SHA-256 of the public key's SubjectPublicKeyInfo, first 16 hex digits.
/// </param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the canonical form, IEEE P1363 format, 64 bytes.</param>
public sealed record Checkpoint(
    long Number, long Position, ReadOnlyMemory<byte> Root, ReadOnlyMemory<byte> Previous, DateTimeOffset At,
    string KeyId, ReadOnlyMemory<byte> Signature);
