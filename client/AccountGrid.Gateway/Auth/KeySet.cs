using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Auth;

/// <summary>One JSON Web Key Set, sorted by <see cref="KeyRules"/>. Immutable.</summary>
/// <param name="Usable">The keys that may verify tokens.</param>
/// <param name="Refused">The keys that may not, and why.</param>
internal sealed record KeySet(ImmutableArray<JsonWebKey> Usable, ImmutableArray<RefusedKey> Refused)
{
    /// <summary>Longest document that is read, in bytes.</summary>
    public const int LongestDocument = 1024 * 1024;

    /// <summary>Reads a key set.</summary>
    /// <param name="json">The document.</param>
    /// <param name="accepted">The accepted algorithms.</param>
    /// <exception cref="ArgumentException">It is not a JSON Web Key Set.</exception>
    public static KeySet Parse(string json, IReadOnlyCollection<string> accepted)
    {
        var usable = ImmutableArray.CreateBuilder<JsonWebKey>();
        var refused = ImmutableArray.CreateBuilder<RefusedKey>();
        foreach (var key in new JsonWebKeySet(json).Keys)
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

        return new KeySet(usable.ToImmutable(), refused.ToImmutable());
    }
}
