using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace AccountGrid.Domain;

/// <summary>
/// How the values of a setting are written and which of two is the stricter one. The canonical text is stored in
/// journals: never change it.
/// </summary>
/// <param name="Rule">What a text must be, as the rest of a sentence.</param>
/// <param name="Write">The canonical text of a value.</param>
/// <param name="Read">The value of a text, canonical or not; <c>false</c> where it has none.</param>
/// <param name="Tighter">The value that protects at least as much as either of two.</param>
/// <typeparam name="T">The type of the values.</typeparam>
internal sealed record SettingForm<T>(
    string Rule, Func<T, string> Write, Func<string, (bool Ok, T Value)> Read,
    Func<T, T, StricterWhen, T> Tighter);

/// <summary>The forms that occur.</summary>
internal static class SettingForm
{
    /// <summary>A whole number.</summary>
    public static SettingForm<long> Number { get; } = Whole<long>();

    /// <summary>A whole number of 32 bits.</summary>
    public static SettingForm<int> Count { get; } = Whole<int>();

    /// <summary>A share, such as <c>0.1</c>.</summary>
    public static SettingForm<double> Share { get; } = new(
        // A zero has no sign.
        "must be a number such as 0.1", static v => (v + 0.0).ToString("R", CultureInfo.InvariantCulture),
        static text => (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var v), v),
        Ordered);

    /// <summary>A length of time, such as <c>1.12:00:00</c>.</summary>
    public static SettingForm<TimeSpan> Time { get; } = new(
        "must be a time such as 1.12:00:00 (a day and twelve hours)",
        static v => v.ToString("c", CultureInfo.InvariantCulture),
        static text => (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var v), v),
        Ordered);

    /// <summary>Codes, separated by commas.</summary>
    public static SettingForm<ImmutableHashSet<string>> Codes { get; } = new(
        "must be codes separated by commas",
        static v => string.Join(',', v.Order(StringComparer.Ordinal)),
        static text => (
            true,
            [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]),
        static (one, other, _) => one.Intersect(other) is { IsEmpty: false } both ? both : one);

    private static SettingForm<T> Whole<T>()
        where T : struct, IBinaryInteger<T> => new(
            "must be a whole number", static v => v.ToString(null, CultureInfo.InvariantCulture),
            static text => (
                T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var v), v),
            Ordered);

    private static T Ordered<T>(T one, T other, StricterWhen stricter)
        where T : IComparable<T> =>
        (stricter == StricterWhen.Lower) == (other.CompareTo(one) < 0) ? other : one;
}
