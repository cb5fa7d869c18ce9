using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>The wire form of a state version (AIP-154): opaque to clients, <c>s</c> and the number here.</summary>
public static class Etag
{
    /// <summary>The etag of a state version.</summary>
    public static string Format(long stateVersion) => string.Create(CultureInfo.InvariantCulture, $"s{stateVersion}");

    /// <summary>Reads an etag that <see cref="Format"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long stateVersion)
    {
        stateVersion = 0;
        return text is ['s', .. var digits]
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out stateVersion);
    }
}
