using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// Names one account of the social network: an integer from 1 to <see cref="long.MaxValue"/>. On the wire it is
/// a decimal string, as proto JSON writes 64-bit integers. <c>default</c> is no account and is refused by
/// <see cref="Value"/>, so that a forgotten assignment fails where it is used and not in the database.
/// </summary>
public readonly record struct AccountId
{
    private readonly long _value;

    /// <summary>Wraps a positive integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is zero or negative.</exception>
    public AccountId(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
        _value = value;
    }

    /// <summary>The integer, always positive.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default(AccountId)</c>.</exception>
    public long Value =>
        _value > 0 ? _value : throw new InvalidOperationException("default(AccountId) names no account.");

    /// <summary>Reads a decimal account id without sign, spaces or leading zeros.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text[0] == '0'
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        return TryCreate(value, out id);
    }

    /// <summary>Wraps <paramref name="value"/> where it is positive.</summary>
    public static bool TryCreate(long value, out AccountId id)
    {
        id = value > 0 ? new AccountId(value) : default;
        return value > 0;
    }

    /// <summary>The decimal form.</summary>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);
}
