using System.Security.Cryptography;
using AccountGrid.KeyFiles;

namespace AccountGrid.Application;

/// <summary>Signs with a P-256 key in memory, usually from a <see cref="KeyFile"/>. Owns the key.</summary>
public sealed class ECDsaCheckpointSigner : ICheckpointSigner, IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    /// <summary>Takes over a private key.</summary>
    /// <exception cref="ArgumentException">It is not on the curve P-256.</exception>
    public ECDsaCheckpointSigner(ECDsa key)
    {
        KeyFile.RequireP256(key);
        _key = key;
        KeyId = CheckpointKeys.IdOf(key);
    }

    /// <inheritdoc />
    public string KeyId { get; }

    /// <inheritdoc />
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(
                _key.SignData(data.Span, HashAlgorithmName.SHA256,
                    DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }
    }

    /// <summary>The public key, PEM: what an auditor needs to check the signatures elsewhere.</summary>
    public string ExportPublicKeyPem() => _key.ExportSubjectPublicKeyInfoPem();

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
