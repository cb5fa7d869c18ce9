using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Cli;

/// <summary>
/// The key that a silo on loopback makes for itself, and the tokens made with it. Never for production: there the
/// tokens come from an identity provider.
/// </summary>
internal sealed class DevelopmentKey : IDisposable
{
    /// <summary>The key's file in the silo's data directory.</summary>
    public const string FileName = "dev-signing-key.pem";

    /// <summary>The issuer of development tokens.</summary>
    public const string Issuer = "accountgrid-dev";

    /// <summary>The audience of every token.</summary>
    public const string Audience = "accountgrid";

    private const int LargestFile = 16 * 1024;

    private const UnixFileMode ForOthers =
        UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly ECDsa _key;

    private DevelopmentKey(ECDsa key, string path)
    {
        _key = key;
        Path = path;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    /// <summary>The roles that a token may hold.</summary>
    public static IReadOnlyList<string> Roles { get; } =
        [
            "service", "reader", "follower-writer", "registrar", "owner-agent", "support", "approver", "auditor",
            "admin",
        ];

    /// <summary>The file that it came from.</summary>
    public string Path { get; }

    /// <summary>The first 16 hex digits of the public key's SHA-256.</summary>
    public string KeyId { get; }

    /// <summary>Whether others on the machine may read the file.</summary>
    public bool IsExposed => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(Path) & ForOthers) != 0;

    /// <summary>Reads the key of a data directory.</summary>
    /// <exception cref="CliException">There is none, or it is no EC P-256 key.</exception>
    public static DevelopmentKey Load(string dataDirectory)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(dataDirectory, FileName));
        var key = ECDsa.Create();
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            {
                throw new CryptographicException("it is too large");
            }

            key.ImportFromPem(File.ReadAllText(path));
            return key.KeySize == 256
                ? new DevelopmentKey(key, path)
                : throw new CryptographicException($"it has {key.KeySize} bits");
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw e is FileNotFoundException or DirectoryNotFoundException
                ? new CliException(
                    ExitCode.NotFound,
                    $"There is no {path}. A silo without configured keys makes it in its data directory: start one, "
                        + "or name its directory with --data.",
                    e)
                : new CliException(
                    ExitCode.Usage, $"{path} is no EC P-256 key in PEM that can be read: {e.Message}", e);
        }
    }

    /// <summary>Makes a token.</summary>
    /// <param name="subject">Its subject.</param>
    /// <param name="roles">Its roles; some of <see cref="Roles"/>.</param>
    /// <param name="now">The beginning of its lifetime.</param>
    /// <param name="lifetime">Its lifetime.</param>
    public string Mint(string subject, IEnumerable<string> roles, DateTimeOffset now, TimeSpan lifetime) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = subject,
                ["roles"] = roles.ToArray(),
                [JwtRegisteredClaimNames.Jti] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            },
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(_key) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256)
            {
                // The factory's cache would keep a signer of a disposed key.
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
