using System.Collections.Frozen;
using System.Security.Cryptography;

namespace AccountGrid.Application;

/// <summary>Signs checkpoints. Implementations are thread-safe; the key may live elsewhere (a hardware module, a service).</summary>
public interface ICheckpointSigner
{
    /// <summary>Names the key: see <see cref="CheckpointKeys.IdOf(ECDsa)"/>.</summary>
    string KeyId { get; }

    /// <summary>ECDSA P-256 with SHA-256 over <paramref name="data"/>, IEEE P1363 format, 64 bytes.</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}

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
            return new(_key.SignData(data.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }
    }

    /// <summary>The public key, PEM: what an auditor needs to check the signatures elsewhere.</summary>
    public string ExportPublicKeyPem() => _key.ExportSubjectPublicKeyInfoPem();

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}

/// <summary>What became of a signature check.</summary>
public enum SignatureCheck
{
    /// <summary>It is right.</summary>
    Valid = 1,

    /// <summary>It is wrong.</summary>
    Invalid = 2,

    /// <summary>The key is not among the trusted ones.</summary>
    UnknownKey = 3,
}

/// <summary>
/// The public keys whose signatures are trusted: the current one and those before it, so that a key can be changed. Immutable, thread-safe.
/// </summary>
public sealed class CheckpointKeys
{
    private readonly FrozenDictionary<string, byte[]> _keys;

    private CheckpointKeys(IEnumerable<byte[]> subjectPublicKeyInfos) => _keys = subjectPublicKeyInfos.ToFrozenDictionary(IdOf);

    /// <summary>Trusts the keys in these PEM texts (public or private; only the public part is kept).</summary>
    /// <exception cref="ArgumentException">A text holds no key, or one that is not on the curve P-256.</exception>
    public static CheckpointKeys FromPem(params IEnumerable<string> pems) => new(pems.Select(static pem =>
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        KeyFile.RequireP256(key);
        return key.ExportSubjectPublicKeyInfo();
    }).DistinctBy(IdOf).ToArray());

    /// <summary>A key's id: the first 16 hex digits, lower case, of the SHA-256 of its SubjectPublicKeyInfo.</summary>
    public static string IdOf(ECDsa key) => IdOf(key.ExportSubjectPublicKeyInfo());

    /// <summary>Whether a checkpoint was signed by a trusted key.</summary>
    public SignatureCheck Check(Checkpoint checkpoint)
    {
        if (!_keys.TryGetValue(checkpoint.KeyId, out var publicKey))
        {
            return SignatureCheck.UnknownKey;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(
            CheckpointCanonical.Bytes(checkpoint), checkpoint.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            ? SignatureCheck.Valid
            : SignatureCheck.Invalid;
    }

    private static string IdOf(byte[] subjectPublicKeyInfo) => Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo).AsSpan(0, 8));
}
