using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>
/// How values look to a person. Everything that came from a server goes through <see cref="Text"/> or
/// <see cref="Plain"/>.
/// </summary>
internal static class Show
{
    /// <summary>A count with thousands separators.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>An instant in UTC, to the second; empty where there is none.</summary>
    public static string Instant(Timestamp? at) => at is null ? "" : Format(at, "yyyy-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>An instant in UTC, to the millisecond.</summary>
    public static string Precise(Timestamp? at) => at is null ? "" : Format(at, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    /// <summary>A duration in its largest fitting units, such as 1h30m or 250ms.</summary>
    public static string Duration(TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0}ms");
        }

        var parts = new StringBuilder();
        Append(value.Days, "d");
        Append(value.Hours, "h");
        Append(value.Minutes, "m");
        Append(value.Seconds, "s");
        return parts.ToString();

        void Append(int amount, string unit)
        {
            if (amount > 0)
            {
                parts.Append(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }
    }

    /// <summary>A measured time: milliseconds below one second, seconds above.</summary>
    public static string Elapsed(TimeSpan value) => value < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:N1} s");

    /// <summary>An enum's value as the wire spells it: <c>OWNER_DEACTIVATION</c>.</summary>
    public static string Name<T>(T value) where T : struct, System.Enum
    {
        var pascal = value.ToString();
        var snake = new StringBuilder(pascal.Length + 4);
        for (var i = 0; i < pascal.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(pascal[i]) && char.IsAsciiLetterLower(pascal[i - 1]))
            {
                snake.Append('_');
            }

            snake.Append(char.ToUpperInvariant(pascal[i]));
        }

        return snake.ToString();
    }

    /// <summary>Foreign text as markup: control and direction characters made visible, brackets escaped.</summary>
    public static string Text(string? foreign) => Markup.Escape(Plain(foreign));

    /// <summary>
    /// Foreign text without anything that a terminal would act on, or that would make text lie about itself: such a
    /// character shows as its code point. Line feeds and tabs become spaces.
    /// </summary>
    public static string Plain(string? foreign)
    {
        if (string.IsNullOrEmpty(foreign))
        {
            return "";
        }

        var safe = new StringBuilder(foreign.Length);
        foreach (var rune in foreign.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
            {
                safe.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse)
            {
                safe.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
            }
            else
            {
                safe.Append(rune.ToString());
            }
        }

        return safe.ToString();
    }

    // A timestamp that no calendar holds must not bring a listing down.
    private static string Format(Timestamp at, string format) =>
        at.Seconds is >= -62135596800 and <= 253402300799 && at.Nanos is >= 0 and <= 999_999_999
            ? at.ToDateTimeOffset().ToString(format, CultureInfo.InvariantCulture)
            : "(invalid time)";
}
