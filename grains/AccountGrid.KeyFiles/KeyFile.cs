using System.Security.Cryptography;

namespace AccountGrid.KeyFiles;

/// <summary>
/// A P-256 private key in a <see cref="PrivateFile"/> (PKCS#8, PEM): the checkpoint key and the development signing
/// key. Nothing of a key appears in a message.
/// </summary>
public static class KeyFile
{
    private const int MaxLength = 16 * 1024;

    /// <summary>Reads the key, or creates one where there is no file yet.</summary>
    /// <exception cref="InvalidDataException">
    /// The file holds no P-256 private key, others than its owner may read it, or it is a link to no file.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read or write it.</exception>
    public static ECDsa OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFile.TryCreate(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        return Open(path);
    }

    /// <summary>Reads the key of an existing file.</summary>
    /// <exception cref="InvalidDataException">
    /// The file holds no P-256 private key, others than its owner may read it, or it is a link to no file.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static ECDsa Open(string path)
    {
        var text = PrivateFile.Read(path, MaxLength);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            RequireP256(key);
            _ = key.ExportECPrivateKey();
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"{path} holds no P-256 private key in PEM.", e);
        }
    }

    /// <summary>Refuses any curve but P-256.</summary>
    /// <exception cref="ArgumentException">The key is on another curve.</exception>
    public static void RequireP256(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.KeySize != 256 || CurveOf(key) != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new ArgumentException("The key is not on the curve P-256.", nameof(key));
        }
    }

    private static string? CurveOf(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
}
