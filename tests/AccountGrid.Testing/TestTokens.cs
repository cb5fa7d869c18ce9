using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Testing;

/// <summary>Mints the tokens that a silo with a development key accepts.</summary>
public static class TestTokens
{
    /// <summary>The file name of the development key inside a data directory.</summary>
    public const string KeyFileName = "dev-signing-key.pem";

    /// <summary>The issuer of tokens by a development key.</summary>
    public const string DevelopmentIssuer = "accountgrid-dev";

    /// <summary>A token by the development key of a data directory.</summary>
    /// <param name="dataDirectory">Where the silo keeps its key.</param>
    /// <param name="subject">Whose token.</param>
    /// <param name="roles">The roles claim.</param>
    /// <param name="lifetime">From now on; default an hour.</param>
    public static string Mint(
        string dataDirectory, string subject, IEnumerable<string> roles, TimeSpan? lifetime = null)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(dataDirectory, KeyFileName)));
        return Mint(key, subject, roles, lifetime);
    }

    /// <summary>A token by a given key.</summary>
    public static string Mint(
        ECDsa key, string subject, IEnumerable<string> roles, TimeSpan? lifetime = null,
        string issuer = DevelopmentIssuer)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var signingKey = new ECDsaSecurityKey(key)
        {
            KeyId = KeyId(key),
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = "accountgrid",
                IssuedAt = now,
                // A silo whose clock is minutes late believes it too.
                NotBefore = now.AddMinutes(-10),
                Expires = now + (lifetime ?? TimeSpan.FromHours(1)),
                Claims = new Dictionary<string, object> { ["sub"] = subject, ["roles"] = roles.ToArray() },
                SigningCredentials = new SigningCredentials(signingKey, SecurityAlgorithms.EcdsaSha256),
            });
    }

    /// <summary>
    /// How keys are named: the first 16 hex digits of the SHA-256 of the public key's SubjectPublicKeyInfo.
    /// </summary>
    public static string KeyId(ECDsa key) =>
        Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
}
