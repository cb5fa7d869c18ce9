using System.Security.Cryptography;
using AccountGrid.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>Everything about a token that a test may want wrong.</summary>
public sealed record TokenOrder
{
    public string? Subject { get; init; } = "web";

    public IReadOnlyList<string> Roles { get; init; } = ["service"];

    public string? Issuer { get; init; } = "accountgrid-dev";

    public string? Audience { get; init; } = "accountgrid";

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? Expires { get; init; } = TimeProvider.System.GetUtcNow().AddHours(1);

    public string? KeyId { get; init; }

    /// <summary>Signs instead of the right key.</summary>
    public SigningCredentials? Credentials { get; init; }

    /// <summary>Further claims.</summary>
    public IReadOnlyDictionary<string, object> Claims { get; init; } = new Dictionary<string, object>();
}

/// <summary>Mints tokens by a P-256 key file, good ones and broken ones. Thread-safe.</summary>
public sealed class TokenMint
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>By the key in the file; by a key that nobody knows where there is none.</summary>
    public TokenMint(string keyFile)
    {
        if (File.Exists(keyFile))
        {
            _key.ImportFromPem(File.ReadAllText(keyFile));
        }
    }

    /// <summary>The key in the file.</summary>
    public ECDsa Key => _key;

    /// <summary>A product service's token.</summary>
    public string Service => Mint(new TokenOrder());

    /// <summary>A person's token.</summary>
    public string Staff(string subject, params string[] roles) =>
        Mint(new TokenOrder
        {
            Subject = subject,
            Roles = roles.Length > 0 ? roles : ["support", "approver", "auditor", "admin"],
        });

    public string Mint(TokenOrder order)
    {
        var claims = new Dictionary<string, object>(order.Claims) { ["roles"] = order.Roles };
        if (order.Subject is { } subject)
        {
            claims["sub"] = subject;
        }

        var signingKey = new ECDsaSecurityKey(_key)
        {
            KeyId = order.KeyId ?? TestTokens.KeyId(_key),
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = order.Issuer,
                Audience = order.Audience,
                NotBefore = order.NotBefore?.UtcDateTime,
                Expires = order.Expires?.UtcDateTime,
                Claims = claims,
                SigningCredentials = order.Credentials
                ?? new SigningCredentials(signingKey, SecurityAlgorithms.EcdsaSha256),
            });
    }
}
