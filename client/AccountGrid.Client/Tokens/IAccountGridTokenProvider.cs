namespace AccountGrid.Client;

/// <summary>
/// Where tokens come from. Called by one caller at a time; what it throws reaches the caller of the client as it is.
/// </summary>
public interface IAccountGridTokenProvider
{
    /// <summary>
    /// A token that is good now. The client keeps it until shortly before its end and asks again then, or once when a
    /// server refuses it: the provider needs no cache of its own, and should not answer with one that it answered with
    /// before.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<AccountGridToken> GetTokenAsync(CancellationToken cancellationToken);
}
