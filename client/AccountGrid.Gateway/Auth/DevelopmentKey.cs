using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// The P-256 key of an installation on loopback without configured keys. A reader of the file can mint any token, so it
/// is readable by its owner only, and the key is refused on any other address.
/// </summary>
public static class DevelopmentKey
{
    /// <summary>Its file in a data directory.</summary>
    public const string FileName = "dev-signing-key.pem";

    /// <summary>The issuer of tokens that are signed with it.</summary>
    public const string Issuer = "accountgrid-dev";

    /// <summary>The audience of tokens that are signed with it.</summary>
    public const string Audience = "accountgrid";

    /// <summary>Reads the key, or makes it; processes that start at the same time get the same key.</summary>
    /// <exception cref="IOException">The file cannot be read or made.</exception>
    /// <exception cref="CryptographicException">It holds no P-256 key.</exception>
    public static ECDsaSecurityKey LoadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException($"{path} holds no private key in PEM form.", exception);
        }

        return key.KeySize == 256
            ? new ECDsaSecurityKey(key) { KeyId = KeyIdOf(key) }
            : throw new CryptographicException($"{path} holds no P-256 key.");
    }

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of the public key, so that every process derives the same key id.
    /// </summary>
    public static string KeyIdOf(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    private static void Create(string path)
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var temporary = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(fresh.ExportPkcs8PrivateKeyPem()));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
