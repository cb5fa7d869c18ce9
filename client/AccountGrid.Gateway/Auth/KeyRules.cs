using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Which keys may verify tokens, and which tokens a key may verify. The library checks neither a key's <c>use</c>,
/// <c>key_ops</c>, <c>alg</c> and length when it verifies a signature, nor a token's <c>crit</c>. A broken rule is the
/// rest of a sentence that begins with the key or the token; it quotes nothing of either. Thread-safe.
/// </summary>
internal static class KeyRules
{
    /// <summary>Shortest RSA key, in bits.</summary>
    public const int LeastRsaBits = 2048;

    /// <summary>Longest RSA key, in bits; verifying with a longer one takes too much processor time.</summary>
    public const int MostRsaBits = 16_384;

    /// <summary>
    /// Only asymmetric algorithms are accepted: a symmetric key that checks tokens can also mint them.
    /// </summary>
    public static readonly IReadOnlyList<string> Algorithms =
        ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    /// <summary>The rule that a key breaks; <c>null</c> for a key that can verify tokens.</summary>
    /// <param name="key">The key, as its issuer published it.</param>
    /// <param name="accepted">The accepted algorithms.</param>
    public static string? BrokenBy(JsonWebKey key, IReadOnlyCollection<string> accepted) =>
        string.IsNullOrEmpty(key.Kid) ? "has no kid, by which tokens could name it"
        : key.Use is { Length: > 0 } and not "sig" ? "has a use other than sig"
        : key.KeyOps.Count > 0 && !key.KeyOps.Contains("verify") ? "has key_ops without verify"
        : !Algorithms.Any(algorithm => FitsType(key, algorithm)) ? "is of a kty or crv that is not accepted"
        : key.Alg is { Length: > 0 } own && !FitsType(key, own) ? "has an alg that does not fit its kty or crv"
        : !accepted.Any(algorithm => Fits(key, algorithm)) ? "fits none of the accepted algorithms"
        : IsRsa(key) ? BrokenByRsa(key)
        : BrokenByCurve(key);

    /// <summary>The rule that a token breaks at a key; <c>null</c> for none.</summary>
    /// <param name="token">The token, whose signature is not checked here.</param>
    /// <param name="key">The key that it names.</param>
    /// <param name="accepted">The accepted algorithms.</param>
    public static string? BrokenBy(JsonWebToken token, JsonWebKey key, IReadOnlyCollection<string> accepted) =>
        HasCritical(token) ? "has a crit header with an extension that is not understood"
        : !IsAccessTokenType(token.Typ) ? "has a typ other than JWT and at+jwt"
        : !accepted.Contains(token.Alg) ? "has an algorithm that is not accepted"
        : !Fits(key, token.Alg) ? "has an algorithm that does not fit its key"
        : null;

    /// <summary>
    /// Whether a key is plainly for encryption; issuers publish such keys beside the others, and that is no fault.
    /// </summary>
    public static bool IsForEncryption(JsonWebKey key) => key.Use == "enc" && !Algorithms.Contains(key.Alg);

    private static bool Fits(JsonWebKey key, string algorithm) =>
        FitsType(key, algorithm) && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm);

    private static bool FitsType(JsonWebKey key, string algorithm) => algorithm switch
    {
        SecurityAlgorithms.EcdsaSha256 => IsOnCurve(key, JsonWebKeyECTypes.P256),
        SecurityAlgorithms.EcdsaSha384 => IsOnCurve(key, JsonWebKeyECTypes.P384),
        SecurityAlgorithms.EcdsaSha512 => IsOnCurve(key, JsonWebKeyECTypes.P521),
        _ => IsRsa(key) && Algorithms.Contains(algorithm),
    };

    private static bool IsRsa(JsonWebKey key) => key.Kty == JsonWebAlgorithmsKeyTypes.RSA;

    private static bool IsOnCurve(JsonWebKey key, string curve) =>
        key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Crv == curve;

    private static string? BrokenByRsa(JsonWebKey key)
    {
        const string Invalid = "is not a valid RSA key";
        try
        {
            var parameters = new RSAParameters
            {
                Modulus = Base64UrlEncoder.DecodeBytes(key.N),
                Exponent = Base64UrlEncoder.DecodeBytes(key.E),
            };

            // Counted in the number, because zeros before it make a short key look long.
            var bits = Number(parameters.Modulus).GetBitLength();
            var exponent = Number(parameters.Exponent);
            if (bits is < LeastRsaBits or > MostRsaBits)
            {
                return bits < LeastRsaBits
                    ? $"is an RSA key of fewer than {LeastRsaBits} bits"
                    : $"is an RSA key of more than {MostRsaBits} bits";
            }

            if (exponent < 3 || exponent.IsEven)
            {
                return Invalid;
            }

            using var rsa = RSA.Create(parameters);
            return null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            return Invalid;
        }
    }

    private static string? BrokenByCurve(JsonWebKey key)
    {
        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = key.Crv switch
                {
                    JsonWebKeyECTypes.P256 => ECCurve.NamedCurves.nistP256,
                    JsonWebKeyECTypes.P384 => ECCurve.NamedCurves.nistP384,
                    _ => ECCurve.NamedCurves.nistP521,
                },
                Q = new ECPoint
                {
                    X = Base64UrlEncoder.DecodeBytes(key.X),
                    Y = Base64UrlEncoder.DecodeBytes(key.Y),
                },
            });
            return null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            return "is not a point on its curve";
        }
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static bool HasCritical(JsonWebToken token)
    {
        using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader));
        return header.RootElement.TryGetProperty("crit", out _);
    }

    /// <summary>
    /// RFC 7519 allows a token without a type, and compares types without regard to case; RFC 9068 has the second.
    /// </summary>
    private static bool IsAccessTokenType(string? type) =>
        string.IsNullOrEmpty(type)
        || type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);
}
