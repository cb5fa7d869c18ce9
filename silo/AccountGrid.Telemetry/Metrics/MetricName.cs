using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text;

namespace AccountGrid.Telemetry;

/// <summary>
/// The name of an instrument at <c>/metrics</c>, by OpenTelemetry's rule for Prometheus without the meter's name:
/// everything but letters and digits becomes an underscore, the base unit is a suffix, and a counter ends in
/// <c>_total</c>. Where that gives a gauge a suffix that Prometheus keeps for histograms (<c>dotnet.timer.count</c>),
/// <c>_current</c> replaces it.
/// </summary>
/// <param name="Text">The name.</param>
/// <param name="Kind">The type.</param>
/// <param name="IsDuration">Whether it is in seconds.</param>
/// <param name="Scale">What a measurement is multiplied with to be in the base unit.</param>
internal sealed record MetricName(string Text, MetricKind Kind, bool IsDuration, double Scale)
{
    private const string Seconds = "seconds";
    private const string Bytes = "bytes";
    private const string Ratio = "ratio";

    private static readonly FrozenDictionary<string, (string Suffix, double Scale)> Units =
        new Dictionary<string, (string, double)>
        {
            ["s"] = (Seconds, 1),
            ["ms"] = (Seconds, 1e-3),
            ["us"] = (Seconds, 1e-6),
            ["ns"] = (Seconds, 1e-9),
            ["min"] = (Seconds, 60),
            ["h"] = (Seconds, 3600),
            ["d"] = (Seconds, 86400),
            ["By"] = (Bytes, 1),
            ["bytes"] = (Bytes, 1),
            ["KiBy"] = (Bytes, 1024),
            ["MiBy"] = (Bytes, 1024 * 1024),
            ["MB"] = (Bytes, 1024 * 1024),
            ["%"] = (Ratio, 0.01),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What .NET declares a counter though it goes up and down.</summary>
    private static readonly string[] NoCounters =
        ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    private static readonly string[] OfHistograms = ["_count", "_sum", "_bucket"];

    /// <summary>The name of an instrument.</summary>
    public static MetricName Of(Instrument instrument) => Of(instrument.Name, instrument.Unit, KindOf(instrument));

    /// <summary>The name for a name, a unit and a type.</summary>
    public static MetricName Of(string name, string? unit, MetricKind kind)
    {
        var (suffix, scale) = UnitOf(unit, kind);
        var text = new StringBuilder(Snake(name));
        if (suffix.Length > 0 && !EndsWith(text, suffix))
        {
            text.Append('_').Append(suffix);
        }

        if (kind == MetricKind.Counter)
        {
            return new(
                EndsWith(text, "total") ? text.ToString() : text.Append("_total").ToString(),
                kind,
                suffix == Seconds,
                scale);
        }

        var done = text.ToString();
        foreach (var reserved in kind == MetricKind.Gauge ? OfHistograms : [])
        {
            done = done.EndsWith(reserved, StringComparison.Ordinal) ? done[..^reserved.Length] + "_current" : done;
        }

        return new(done, kind, suffix == Seconds, scale);
    }

    /// <summary>
    /// Lower-case words with one underscore between them, such as <c>error.type</c>, <c>orleans-grains</c> and
    /// <c>grainType</c> become.
    /// </summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                Separate(text);
                continue;
            }

            if (char.IsAsciiLetterUpper(c) && i > 0
                && (char.IsAsciiLetterLower(name[i - 1]) || char.IsAsciiDigit(name[i - 1])))
            {
                Separate(text);
            }

            text.Append(char.ToLowerInvariant(c));
        }

        var snake = text.ToString().TrimEnd('_');
        return snake.Length == 0 || char.IsAsciiDigit(snake[0]) ? "_" + snake : snake;
    }

    private static void Separate(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != '_')
        {
            text.Append('_');
        }
    }

    private static (string Suffix, double Scale) UnitOf(string? unit, MetricKind kind) =>
        string.IsNullOrEmpty(unit) || unit[0] == '{' ? ("", 1)
        : unit == "1" ? (kind == MetricKind.Gauge ? Ratio : "", 1)
        : Units.TryGetValue(unit, out var known) ? known
        : (Snake(unit), 1);

    private static bool EndsWith(StringBuilder text, string word)
    {
        var name = text.ToString();
        return name == word || name.EndsWith("_" + word, StringComparison.Ordinal);
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var shape = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return NoCounters.Contains(instrument.Name, StringComparer.Ordinal) ? MetricKind.Gauge
            : shape == typeof(Counter<>) || shape == typeof(ObservableCounter<>) ? MetricKind.Counter
            : shape == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }
}
