using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Remembers for a short while that a token's signature is valid, because checking it costs more than the rest of a
/// read. Keyed by the token's SHA-256, so that no token stays in memory; the lifetime is compared with the clock at
/// every use; a withdrawn key is accepted for <see cref="Longest"/> at most. What a subject may do is never remembered
/// here. Thread-safe.
/// </summary>
internal sealed class TokenCache(IOptions<GatewayOptions> options, TimeProvider clock)
{
    /// <summary>Longest time between two checks of the same token's signature.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Longest token that is accepted, in characters.</summary>
    public const int LongestToken = 8 * 1024;

    /// <summary>Tokens remembered at most; beyond half of it the older half is forgotten.</summary>
    private const int Most = 20_000;

    private const string Prefix = "Bearer ";
    private readonly bool _isForLoopback = options.Value.Auth.DevelopmentKeyFile is { Length: > 0 };
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<Key, Entry> _young = new();
    private volatile ConcurrentDictionary<Key, Entry> _old = new();
    private int _count;

    /// <summary>
    /// Whether the development key is in force and the request did not come in on loopback: then no token is accepted,
    /// whatever the server listens on.
    /// </summary>
    public bool IsOutside(HttpContext context) =>
        _isForLoopback && context.Connection.LocalIpAddress is { } local && !IPAddress.IsLoopback(local);

    /// <summary>
    /// The principal of a request whose token is remembered and not expired; <c>null</c> says nothing about the token.
    /// </summary>
    public ClaimsPrincipal? Find(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.Length <= LongestToken
        && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && !IsOutside(context)
            ? Find(header.AsSpan(Prefix.Length).Trim())
            : null;

    /// <summary>Remembers a token whose signature, issuer, audience and lifetime are valid now.</summary>
    public void Add(string token, ClaimsPrincipal principal, DateTimeOffset from, DateTimeOffset until)
    {
        lock (_gate)
        {
            // Counted here, because a concurrent dictionary's own count takes all its locks.
            if (++_count > Most / 2)
            {
                (_old, _young, _count) = (_young, new ConcurrentDictionary<Key, Entry>(), 1);
            }

            _young[Key.Of(token)] = new Entry(principal, from, until, clock.GetTimestamp());
        }
    }

    private ClaimsPrincipal? Find(ReadOnlySpan<char> token)
    {
        var key = Key.Of(token);
        if (!_young.TryGetValue(key, out var entry) && !_old.TryGetValue(key, out entry))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        return now >= entry.From && now < entry.Until && clock.GetElapsedTime(entry.CheckedAt) < Longest
            ? entry.Principal
            : null;
    }

    private sealed record Entry(ClaimsPrincipal Principal, DateTimeOffset From, DateTimeOffset Until, long CheckedAt);

    private readonly record struct Key(UInt128 High, UInt128 Low)
    {
        public static Key Of(ReadOnlySpan<char> token)
        {
            Span<byte> text = stackalloc byte[LongestToken];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(text[..Encoding.Latin1.GetBytes(token, text)], hash);
            return new Key(
                BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
