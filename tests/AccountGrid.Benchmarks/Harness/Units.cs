using System.Globalization;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>How figures are written.</summary>
internal static class Units
{
    /// <summary>A rate.</summary>
    public static string PerSecond(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0} /s");

    /// <summary>A duration given in seconds, in a unit that keeps it readable.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        >= 0.001 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.00} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.0} us"),
    };

    /// <summary>A number of things.</summary>
    public static string Count(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0}");

    /// <summary>A size.</summary>
    public static string Bytes(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0} B");
}
