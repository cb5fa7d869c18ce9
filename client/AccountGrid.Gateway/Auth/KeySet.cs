using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Auth;

/// <summary>One JSON Web Key Set, sorted by <see cref="KeyRules"/>. Immutable.</summary>
/// <param name="Usable">The keys that may verify tokens.</param>
/// <param name="Refused">The keys that may not, and why.</param>
internal sealed record KeySet(ImmutableArray<JsonWebKey> Usable, ImmutableArray<RefusedKey> Refused)
{
    /// <summary>Longest document that is read, in bytes.</summary>
    public const int LongestDocument = 1024 * 1024;

    /// <summary>Refused keys that a line of the log names at most, where none is usable.</summary>
    private const int MostNamed = 5;

    /// <summary>Reads a key set.</summary>
    /// <param name="json">The document.</param>
    /// <param name="accepted">The accepted algorithms.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a JSON Web Key Set, or none of its keys is usable: it must not replace a good one.
    /// </exception>
    public static KeySet Parse(string json, IReadOnlyCollection<string> accepted)
    {
        var usable = ImmutableArray.CreateBuilder<JsonWebKey>();
        var refused = ImmutableArray.CreateBuilder<RefusedKey>();
        foreach (var key in Read(json))
        {
            // The key is the one in the set; a certificate beside it may hold another one.
            key.X5c.Clear();
            if (KeyRules.BrokenBy(key, accepted) is { } rule)
            {
                refused.Add(new RefusedKey(key.Kid ?? "", rule, KeyRules.IsForEncryption(key)));
            }
            else
            {
                usable.Add(key);
            }
        }

        if (usable.Count == 0)
        {
            throw new InvalidDataException(
                refused.Count == 0
                    ? "the key set has no keys"
                    : "the key set has no usable key: "
                        + string.Join(", ", refused.Take(MostNamed).Select(static key => $"'{key.KeyId}' {key.Rule}")));
        }

        return new KeySet(usable.ToImmutable(), refused.ToImmutable());
    }

    /// <summary>What the handler of tokens takes: the issuer with the usable keys.</summary>
    /// <param name="issuer">The issuer of the tokens.</param>
    public OpenIdConnectConfiguration ToConfiguration(string issuer)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = issuer };
        foreach (var key in Usable)
        {
            configuration.SigningKeys.Add(key);
        }

        return configuration;
    }

    private static IEnumerable<JsonWebKey> Read(string json)
    {
        try
        {
            return new JsonWebKeySet(json).Keys;
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            throw new InvalidDataException("it is not a JSON Web Key Set", exception);
        }
    }
}
