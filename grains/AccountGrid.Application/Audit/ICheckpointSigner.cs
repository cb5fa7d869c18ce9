using System.Security.Cryptography;

namespace AccountGrid.Application;

/// <summary>
/// Signs checkpoints. Implementations are thread-safe; the key may live elsewhere (a hardware module, a service).
/// </summary>
public interface ICheckpointSigner
{
    /// <summary>Names the key: see <see cref="CheckpointKeys.IdOf(ECDsa)"/>.</summary>
    string KeyId { get; }

    /// <summary>ECDSA P-256 with SHA-256 over <paramref name="data"/>, IEEE P1363 format, 64 bytes.</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}
