using System.Globalization;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>What a row must reach. Closed hierarchy.</summary>
internal abstract record Goal
{
    private Goal()
    {
    }

    /// <summary>Shown for what it is; nothing is demanded.</summary>
    public static Goal None { get; } = new Nothing();

    /// <summary>Ours / baseline is at least this.</summary>
    public static Goal RatioAtLeast(double ratio) => new Least(ratio);

    /// <summary>Ours / baseline is at most this.</summary>
    public static Goal RatioAtMost(double ratio) => new Most(ratio);

    /// <summary>Ours alone is at most this.</summary>
    public static Goal OursAtMost(double value, string text) => new Absolute(value, text);

    /// <summary>As the table shows it.</summary>
    public abstract override string ToString();

    /// <summary>Whether it is met; <c>null</c> where nothing is demanded.</summary>
    public abstract bool? IsMet(Ratio? ratio, double ours);

    private sealed record Nothing : Goal
    {
        public override string ToString() => "-";

        public override bool? IsMet(Ratio? ratio, double ours) => null;
    }

    private sealed record Least(double Value) : Goal
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $">= {Value:0.##}x");

        public override bool? IsMet(Ratio? ratio, double ours) => ratio!.Median >= Value;
    }

    private sealed record Most(double Value) : Goal
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<= {Value:0.##}x");

        public override bool? IsMet(Ratio? ratio, double ours) => ratio!.Median <= Value;
    }

    private sealed record Absolute(double Value, string Text) : Goal
    {
        public override string ToString() => $"<= {Text}";

        public override bool? IsMet(Ratio? ratio, double ours) => ours <= Value;
    }
}
