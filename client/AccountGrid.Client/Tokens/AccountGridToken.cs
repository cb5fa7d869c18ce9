namespace AccountGrid.Client;

/// <summary>
/// A bearer token, and when it ends if that is known. Its text is in no log, no exception and not in
/// <see cref="ToString"/>. Immutable.
/// </summary>
public sealed class AccountGridToken
{
    /// <summary>The longest token that a server takes, in characters.</summary>
    public const int MaxLength = 8192;

    /// <summary>A token.</summary>
    /// <param name="value">
    /// What goes behind <c>Bearer</c>: 1 to <see cref="MaxLength"/> visible ASCII characters.
    /// </param>
    /// <param name="expiresAt">When it ends; <c>null</c> = unknown, then it is used until a server refuses it.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> breaks its rule.</exception>
    public AccountGridToken(string value, DateTimeOffset? expiresAt = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length is 0 or > MaxLength || value.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException($"A token must be 1 to {MaxLength} visible ASCII characters.", nameof(value));
        }

        Value = value;
        ExpiresAt = expiresAt;
    }

    /// <summary>The token itself: a secret.</summary>
    public string Value { get; }

    /// <summary>The instant at which it ends; <c>null</c> = unknown.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Says when it ends, never what it is.</summary>
    public override string ToString() => ExpiresAt is { } end ? $"a token until {end:O}" : "a token";
}
