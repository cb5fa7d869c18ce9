using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>
/// A key pair of an issuer, with the JSON Web Key that publishes it, and tokens signed with it. Tokens are made by
/// hand, because the library signs nothing with a weak key.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;

    /// <summary>A P-256 key.</summary>
    public SigningKey(string keyId)
        : this(keyId, ECDsa.Create(ECCurve.NamedCurves.nistP256))
    {
    }

    private SigningKey(string keyId, ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        var q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        Jwk = new Dictionary<string, object>
        {
            ["kty"] = "EC",
            ["crv"] = $"P-{ecdsa.KeySize}",
            ["kid"] = keyId,
            ["x"] = Base64UrlEncoder.Encode(q.X),
            ["y"] = Base64UrlEncoder.Encode(q.Y),
        };
    }

    private SigningKey(string keyId, RSA rsa)
    {
        _rsa = rsa;
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        Jwk = new Dictionary<string, object>
        {
            ["kty"] = "RSA",
            ["kid"] = keyId,
            ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }

    /// <summary>The members of the JSON Web Key; a test may change them.</summary>
    public Dictionary<string, object> Jwk { get; }

    /// <summary>A key set with this key only.</summary>
    public string Jwks => SetOf(this);

    private string KeyId => (string)Jwk["kid"];

    /// <summary>An RSA key.</summary>
    public static SigningKey Rsa(string keyId, int bits = 2048) => new(keyId, RSA.Create(bits));

    /// <summary>A P-384 key.</summary>
    public static SigningKey P384(string keyId) => new(keyId, ECDsa.Create(ECCurve.NamedCurves.nistP384));

    /// <summary>A key set with these keys.</summary>
    public static string SetOf(params IEnumerable<SigningKey> keys) =>
        JsonSerializer.Serialize(new { keys = keys.Select(static key => key.Jwk) });

    /// <summary>The same with a further member, or another value of one.</summary>
    public SigningKey With(string member, object value)
    {
        Jwk[member] = value;
        return this;
    }

    /// <summary>Writes the key set as an operator should: beside the file, then in its place.</summary>
    public void WriteJwks(string path) => Replace(path, Jwks);

    /// <summary>Replaces a file by rename.</summary>
    public static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>A service's token that is good for an hour.</summary>
    /// <param name="issuer">Its issuer.</param>
    /// <param name="algorithm">Its <c>alg</c>; <c>null</c> = ES256 or RS256.</param>
    /// <param name="header">Further members of its header, or other values of <c>typ</c> and <c>kid</c>.</param>
    /// <param name="now">When it is issued; <c>null</c> = now.</param>
    public string Mint(
        string issuer, string? algorithm = null, IReadOnlyDictionary<string, object>? header = null,
        DateTimeOffset? now = null)
    {
        algorithm ??= _rsa is null ? SecurityAlgorithms.EcdsaSha256 : SecurityAlgorithms.RsaSha256;
        var head = new Dictionary<string, object> { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = KeyId };
        foreach (var (name, value) in header ?? new Dictionary<string, object>())
        {
            head[name] = value;
        }

        var start = now ?? TimeProvider.System.GetUtcNow();
        var payload = JsonSerializer.Serialize(new
        {
            iss = issuer,
            aud = "accountgrid",
            sub = "web",
            roles = new[] { "service" },
            exp = start.AddHours(1).ToUnixTimeSeconds(),
        });
        var text = $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(head))}.{Base64UrlEncoder.Encode(payload)}";
        return $"{text}.{Base64UrlEncoder.Encode(Sign(Encoding.ASCII.GetBytes(text), algorithm))}";
    }

    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }

    private byte[] Sign(byte[] data, string algorithm)
    {
        var hash = algorithm[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        return _ecdsa is not null
            ? _ecdsa.SignData(data, hash)
            : _rsa!.SignData(
                data, hash,
                algorithm.StartsWith('P') ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }
}
