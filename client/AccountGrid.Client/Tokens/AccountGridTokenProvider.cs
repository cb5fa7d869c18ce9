namespace AccountGrid.Client;

/// <summary>Makes providers of tokens from what is at hand.</summary>
public static class AccountGridTokenProvider
{
    /// <summary>Always the same token.</summary>
    /// <param name="token">The token's text.</param>
    /// <exception cref="ArgumentException">It is none; see <see cref="AccountGridToken"/>.</exception>
    public static IAccountGridTokenProvider FromToken(string token)
    {
        var value = new AccountGridToken(token);
        return new Delegated(_ => ValueTask.FromResult(value));
    }

    /// <summary>A provider that calls a function for each token.</summary>
    /// <param name="getToken">See <see cref="IAccountGridTokenProvider.GetTokenAsync"/>.</param>
    public static IAccountGridTokenProvider FromDelegate(Func<CancellationToken, ValueTask<AccountGridToken>> getToken)
    {
        ArgumentNullException.ThrowIfNull(getToken);
        return new Delegated(getToken);
    }

    private sealed class Delegated(
        Func<CancellationToken, ValueTask<AccountGridToken>> getToken) : IAccountGridTokenProvider
    {
        public ValueTask<AccountGridToken> GetTokenAsync(CancellationToken cancellationToken) =>
            getToken(cancellationToken);
    }
}
