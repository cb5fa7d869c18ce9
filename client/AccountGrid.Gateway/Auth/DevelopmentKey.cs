using System.Security.Cryptography;
using AccountGrid.KeyFiles;
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

    /// <summary>
    /// Reads the key, or creates it; processes that start at the same time get the same key. It is not disposed of: the
    /// security key uses it as long as the process runs.
    /// </summary>
    /// <inheritdoc cref="KeyFile.OpenOrCreate" path="/exception"/>
    public static ECDsaSecurityKey LoadOrCreate(string path)
    {
        var key = KeyFile.OpenOrCreate(path);
        return new ECDsaSecurityKey(key) { KeyId = KeyIdOf(key) };
    }

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of the public key, so that every process derives the same key id.
    /// </summary>
    public static string KeyIdOf(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }
}
