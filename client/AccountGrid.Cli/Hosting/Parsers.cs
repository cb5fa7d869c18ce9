using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AccountGrid.Cli;

/// <summary>An instant as it was given: absolute, or by its distance from now.</summary>
/// <param name="Absolute">UTC.</param>
/// <param name="Distance">From now; the option says whether ahead or back.</param>
internal readonly record struct InstantSpec(DateTimeOffset? Absolute, TimeSpan? Distance)
{
    /// <summary>The instant, where a distance means the future.</summary>
    public DateTimeOffset Ahead(TimeProvider clock) => Absolute ?? clock.GetUtcNow() + Distance!.Value;

    /// <summary>The instant, where a distance means the past.</summary>
    public DateTimeOffset Back(TimeProvider clock) => Absolute ?? clock.GetUtcNow() - Distance!.Value;
}

/// <summary>Reads what people type. Every error names the rule.</summary>
internal static partial class Parsers
{
    private const string InstantRule =
        "is no instant: use 2026-01-31T18:00:00Z (UTC unless it says otherwise) or a distance such as 7d, 12h, 90s";

    private static readonly string[] InstantFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>A duration such as <c>7d</c>, <c>1h30m</c>, <c>250ms</c>, between two bounds, both included.</summary>
    public static Func<ArgumentResult, TimeSpan?> Duration(TimeSpan min, TimeSpan max) => result =>
    {
        var text = result.Tokens[^1].Value;
        if (TryDuration(text, out var duration) && duration >= min && duration <= max)
        {
            return duration;
        }

        result.AddError(
            $"{Name(result)}: '{text}' is no duration from {Show.Duration(min)} to {Show.Duration(max)}, "
                + "such as 90s, 1h30m or 7d.");
        return null;
    };

    /// <summary>An instant, or a distance from now.</summary>
    public static InstantSpec? Instant(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (TryDuration(text, out var distance))
        {
            return new InstantSpec(null, distance);
        }

        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, Style, out var instant))
        {
            return new InstantSpec(instant, null);
        }

        result.AddError($"{Name(result)}: '{text}' {InstantRule}.");
        return null;
    }

    /// <summary>One account id.</summary>
    public static long AccountId(ArgumentResult result) => Id(result, result.Tokens[^1].Value);

    /// <summary>Several account ids.</summary>
    public static long[] AccountIds(ArgumentResult result) => [.. result.Tokens.Select(t => Id(result, t.Value))];

    /// <summary>A whole number between two bounds, both included.</summary>
    public static Func<ArgumentResult, long?> Whole(long min, long max) => result =>
    {
        var text = result.Tokens[^1].Value;
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
        {
            return value;
        }

        result.AddError($"{Name(result)}: '{text}' is no whole number from {Show.Count(min)} to {Show.Count(max)}.");
        return null;
    };

    /// <summary>One of an enum's names as the wire spells them, in any case.</summary>
    public static Func<ArgumentResult, T?> OneOf<T>() where T : struct, Enum =>
        result => ParseName<T>(result, result.Tokens[^1].Value);

    /// <summary>Several of an enum's names, separated by commas or given several times.</summary>
    public static T[] ManyOf<T>(ArgumentResult result) where T : struct, Enum =>
        [.. Words(result).Select(name => ParseName<T>(result, name)).OfType<T>().Distinct()];

    /// <summary>The words of a list, separated by commas or given several times.</summary>
    public static IEnumerable<string> Words(ArgumentResult result) => result.Tokens.SelectMany(
        t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>The names that an enum has on the wire.</summary>
    public static string[] NamesOf<T>() where T : struct, Enum =>
        [.. Enum.GetValues<T>().Where(v => Convert.ToInt32(v, CultureInfo.InvariantCulture) != 0).Select(Show.Name)];

    /// <summary>Reads a duration: numbers with w, d, h, m, s or ms, largest first; at most ten years.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var match = DurationPattern().Match(text);
        if (text.Length is 0 or > 40 || !match.Success)
        {
            return false;
        }

        var total = (Part("w") * 7 * 86_400_000d) + (Part("d") * 86_400_000d) + (Part("h") * 3_600_000d)
            + (Part("m") * 60_000d) + (Part("s") * 1_000d) + Part("ms");
        if (total > TimeSpan.FromDays(3660).TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(total);
        return true;

        double Part(string unit) => match.Groups[unit].Success
            ? double.Parse(match.Groups[unit].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
            : 0;
    }

    private static long Id(ArgumentResult result, string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
        {
            return id;
        }

        result.AddError($"{Name(result)}: '{text}' is no account id: a whole number from 1 to {long.MaxValue}.");
        return 0;
    }

    private static T? ParseName<T>(ArgumentResult result, string text) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Convert.ToInt32(value, CultureInfo.InvariantCulture) != 0
                && string.Equals(Show.Name(value), text.Replace('-', '_'), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        result.AddError($"{Name(result)}: '{text}' is none of {string.Join(", ", NamesOf<T>())}.");
        return null;
    }

    // An option's own argument is anonymous: what the person typed is the option's name.
    private static string Name(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;

    [GeneratedRegex(
        @"^(?=.)(?:(?<w>\d+(?:\.\d+)?)w)?(?:(?<d>\d+(?:\.\d+)?)d)?(?:(?<h>\d+(?:\.\d+)?)h)?"
            + @"(?:(?<m>\d+(?:\.\d+)?)m(?!s))?(?:(?<s>\d+(?:\.\d+)?)s)?(?:(?<ms>\d+)ms)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex DurationPattern();
}
