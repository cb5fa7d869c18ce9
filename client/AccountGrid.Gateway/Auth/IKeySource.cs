using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Where the keys that verify tokens come from. A token is verified in two steps: <see cref="PrepareAsync"/>, then the
/// library asks for the configuration, which is answered from memory. Thread-safe.
/// </summary>
internal interface IKeySource : IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>Whether the last reading of the keys failed, so that older ones are in force.</summary>
    bool IsStale { get; }

    /// <summary>Reads the keys anew where that is due, or where a token names a key that is not known.</summary>
    /// <param name="keyId">The token's <c>kid</c>; <c>null</c> for none.</param>
    /// <param name="cancel">Ends the wait, not the reading, which others wait for too.</param>
    /// <returns>Whether the token can be judged; otherwise the caller has to come again later.</returns>
    ValueTask<bool> PrepareAsync(string? keyId, CancellationToken cancel);
}
