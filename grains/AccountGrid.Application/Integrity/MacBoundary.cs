using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// A signed statement that every entry behind a position carries a MAC. Made once for a key, when every silo of the
/// cluster writes MACs, behind a checkpoint that covers everything up to there.
/// </summary>
/// <param name="Position">The last position that may stand without a MAC; 0 = every entry has one.</param>
/// <param name="At">When it was made, UTC.</param>
/// <param name="KeyId">Which checkpoint key signed; its MACs are the ones that are needed from here on.</param>
/// <param name="Signature">
/// ECDSA P-256 with SHA-256 over <see cref="Bytes"/>, IEEE P1363 format, 64 bytes.
/// </param>
public sealed record MacBoundary(long Position, DateTimeOffset At, string KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>
    /// What is signed, in order: the domain <c>accountgrid.mac-boundary.v1</c> and a zero byte; position; time in
    /// microseconds; key id.
    /// </summary>
    public byte[] Bytes() => new CanonicalWriter("accountgrid.mac-boundary.v1")
        .Add(Position).Add(Microseconds.Of(At)).Add(KeyId).ToArray();
}
