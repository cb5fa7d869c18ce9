using System.Security.Cryptography;
using System.Text;

namespace AccountGrid.Application;

/// <summary>
/// A P-256 private key in a file (PKCS#8, PEM) that only its owner may read. Serves the checkpoint key and the
/// development signing key. Nothing of a key ever appears in a message.
/// </summary>
public static class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxLength = 16 * 1024;

    /// <summary>
    /// Reads the key, or makes one where there is no file yet (mode 0600, whole and on disk before it has its name).
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The file holds no P-256 private key, or others than its owner may read it.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static ECDsa OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        return Open(path);
    }

    /// <summary>Reads the key of an existing file.</summary>
    /// <exception cref="InvalidDataException">
    /// The file holds no P-256 private key, or others than its owner may read it.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ECDsa Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new InvalidDataException($"The key file {path} may be read by others: its mode must be 0600.");
        }

        if (file.Length > MaxLength)
        {
            throw new InvalidDataException($"The key file {path} is larger than {MaxLength} bytes.");
        }

        using var reader = new StreamReader(file, Encoding.ASCII);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(reader.ReadToEnd());
            RequireP256(key);
            _ = key.ExportECPrivateKey();
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"The key file {path} holds no P-256 private key in PEM.", e);
        }
    }

    /// <summary>Refuses any curve but P-256.</summary>
    /// <exception cref="ArgumentException">It is another.</exception>
    internal static void RequireP256(ECDsa key)
    {
        if (key.KeySize != 256 || key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new ArgumentException("The key is not on the curve P-256.", nameof(key));
        }
    }

    private static void Create(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
                file.Flush(flushToDisk: true);
            }

            // Not overwriting: of two processes that start at once, one key wins and both use it.
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
