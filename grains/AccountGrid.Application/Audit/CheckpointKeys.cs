using System.Collections.Frozen;
using System.Security.Cryptography;
using AccountGrid.KeyFiles;

namespace AccountGrid.Application;

/// <summary>
/// The public keys whose signatures are trusted: the current one and those before it, so that a key can be changed.
/// Immutable, thread-safe.
/// </summary>
public sealed class CheckpointKeys
{
    private readonly FrozenDictionary<string, byte[]> _keys;

    private CheckpointKeys(IEnumerable<byte[]> subjectPublicKeyInfos) =>
        _keys = subjectPublicKeyInfos.ToFrozenDictionary(IdOf);

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
    public SignatureCheck Check(Checkpoint checkpoint) =>
        Check(checkpoint.KeyId, CheckpointCanonical.Bytes(checkpoint), checkpoint.Signature.Span);

    /// <summary>Whether a key of this id is trusted.</summary>
    public bool Knows(string keyId) => _keys.ContainsKey(keyId);

    /// <summary>Whether a statement was signed by a trusted key.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">ECDSA P-256 with SHA-256, IEEE P1363 format.</param>
    public SignatureCheck Check(string keyId, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!_keys.TryGetValue(keyId, out var publicKey))
        {
            return SignatureCheck.UnknownKey;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(
            data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            ? SignatureCheck.Valid
            : SignatureCheck.Invalid;
    }

    private static string IdOf(byte[] subjectPublicKeyInfo) =>
        Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo).AsSpan(0, 8));
}
