using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Auth;

/// <summary>The configured source of signing keys, and the algorithms accepted with it. Thread-safe.</summary>
internal sealed class TokenKeys(
    IOptions<GatewayOptions> options, TimeProvider clock, RefusalLog refusals, ILogger<TokenKeys> logger) : IDisposable
{
    private static readonly string[] DefaultAlgorithms =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256,
    ];

    private readonly Lock _gate = new();
    private bool _isMade;
    private IKeySource? _source;

    /// <summary>The accepted algorithms.</summary>
    public IReadOnlyList<string> Algorithms =>
        options.Value.Auth is { DevelopmentKeyFile.Length: > 0 } ? [SecurityAlgorithms.EcdsaSha256]
        : options.Value.Auth.Algorithms.Count > 0 ? [.. options.Value.Auth.Algorithms]
        : DefaultAlgorithms;

    /// <summary>The source, made at the first call; <c>null</c> with a development key, which never changes.</summary>
    /// <exception cref="InvalidOperationException">There are no readable keys in the configured file.</exception>
    public IKeySource? Source
    {
        get
        {
            lock (_gate)
            {
                (_source, _isMade) = (_isMade ? _source : Make(options.Value.Auth), true);
                return _source;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (_source as IDisposable)?.Dispose();

    private IKeySource? Make(GatewayAuthOptions auth)
    {
        if (auth.JwksFile is { Length: > 0 } path)
        {
            var file = new JwksFile(path, auth.Issuer!, Algorithms, clock, refusals, logger);
            file.Require();
            return file;
        }

        return auth.Authority is { Length: > 0 } ? new IssuerKeys(auth, Algorithms, clock, refusals, logger) : null;
    }
}
