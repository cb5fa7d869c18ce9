using System.Diagnostics.CodeAnalysis;

namespace AccountGrid.Client;

/// <summary>
/// Keeps one token until shortly before its end. One caller at a time asks the provider; the others wait for its
/// answer. Thread-safe.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore holds nothing as long as its wait handle is not used.")]
internal sealed class TokenSource(IAccountGridTokenProvider provider, TimeProvider clock)
{
    /// <summary>
    /// How long before its end a token is renewed, at most: a call under way must not outlive it, and clocks differ.
    /// </summary>
    public static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    /// <summary>Of a short-lived token no more than this part is given up.</summary>
    private const double MarginShare = 0.1;

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Kept? _kept;

    /// <summary>A token that is good for a moment yet.</summary>
    public async ValueTask<AccountGridToken> GetAsync(CancellationToken cancellationToken)
    {
        if (_kept is { } kept && clock.GetUtcNow() < kept.RenewAt)
        {
            return kept.Token;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (_kept is { } already && now < already.RenewAt)
            {
                return already.Token;
            }

            var token = await provider.GetTokenAsync(cancellationToken)
                ?? throw new InvalidOperationException($"{provider.GetType().Name} answered no token.");
            _kept = new Kept(token, RenewAt(token, now));
            return token;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Forgets a token that a server refused, unless another one has taken its place already.</summary>
    public void Refused(AccountGridToken token)
    {
        if (_kept is { } kept && kept.Token.Value == token.Value)
        {
            Interlocked.CompareExchange(ref _kept, null, kept);
        }
    }

    private static DateTimeOffset RenewAt(AccountGridToken token, DateTimeOffset now)
    {
        if (token.ExpiresAt is not { } end)
        {
            return DateTimeOffset.MaxValue;
        }

        var share = (end - now) * MarginShare;
        return end - (share < LongestMargin ? share : LongestMargin);
    }

    private sealed record Kept(AccountGridToken Token, DateTimeOffset RenewAt);
}
