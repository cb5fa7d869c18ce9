using System.Collections.Concurrent;
using System.Security.Cryptography;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Clusters;

/// <summary>Makes the clients' tokens with one key, each once. Thread-safe.</summary>
/// <param name="keyFile">The private key, PEM: the development key of the silos' data directory.</param>
/// <param name="issuer">The issuer that the tokens name.</param>
internal sealed class TokenMint(string keyFile, string issuer = TestTokens.DevelopmentIssuer) : IDisposable
{
    // Longer than any run.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private ECDsa? _key;

    /// <summary>A token.</summary>
    public string Token(string subject, IEnumerable<string> roles)
    {
        var wanted = roles.ToArray();
        return _tokens.GetOrAdd($"{subject} {string.Join(',', wanted)}", _ => Mint(subject, wanted));
    }

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    private string Mint(string subject, string[] roles)
    {
        lock (_gate)
        {
            if (_key is null)
            {
                _key = ECDsa.Create();
                _key.ImportFromPem(File.ReadAllText(keyFile));
            }

            return TestTokens.Mint(_key, subject, roles, Lifetime, issuer);
        }
    }
}
