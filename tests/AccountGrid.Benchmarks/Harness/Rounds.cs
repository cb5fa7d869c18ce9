namespace AccountGrid.Benchmarks.Harness;

/// <summary>What one measurement of one contender gave.</summary>
/// <param name="Value">The figure that is compared: a rate or a duration, one kind per table row.</param>
/// <param name="ServerCpu">Processor time of the server per piece of work, in seconds; NaN where it was not
/// taken.</param>
internal readonly record struct Sample(double Value, double ServerCpu = double.NaN)
{
    /// <summary>For whoever watches: the bare figures.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Value:G5}{(double.IsNaN(ServerCpu) ? "" : $", processor {ServerCpu * 1e6:0.0} us")}");

    /// <summary>
    /// Processor time of the database server per piece of work, in seconds, where it was taken; part of
    /// <see cref="ServerCpu"/>.
    /// </summary>
    public double DatabaseCpu { get; init; }

    /// <summary>The latency that half of the calls stayed below, in seconds; where it was taken.</summary>
    public double P50 { get; init; }

    /// <summary>The latency that 99 of 100 calls stayed below, in seconds; where it was taken.</summary>
    public double P99 { get; init; }

    /// <summary>How many processors were busy with silos and gateway; where it was taken.</summary>
    public double GridBusy { get; init; }

    /// <summary>How many processors were busy with the database server; where it was taken.</summary>
    public double DatabaseBusy { get; init; }

    /// <summary>How many processors were busy with the load generator; where it was taken.</summary>
    public double LoadBusy { get; init; }
}

/// <summary>Somebody who does the work: a baseline, or ours.</summary>
/// <param name="Name">As progress shows it.</param>
/// <param name="MeasureAsync">Measures once; the argument is the round, -1 while warming up.</param>
internal sealed record Contender(string Name, Func<int, Task<Sample>> MeasureAsync);

/// <summary>One contender's samples, one per round.</summary>
internal sealed record Series(string Name, IReadOnlyList<Sample> Samples)
{
    /// <summary>The median of the compared figure.</summary>
    public double Median => MedianOf(s => s.Value);

    /// <summary>The median of the server's processor time per piece of work.</summary>
    public double MedianCpu => MedianOf(s => s.ServerCpu);

    /// <summary>The median of any figure.</summary>
    public double MedianOf(Func<Sample, double> figure) => Statistics.Median(Samples.Select(figure));
}

/// <summary>
/// Interleaved rounds: every contender once per round, in turning order, so that drift of the machine meets all alike.
/// </summary>
internal static class Rounds
{
    /// <summary>Runs warm-up and rounds.</summary>
    /// <returns>One series per contender, in the order given.</returns>
    public static async Task<IReadOnlyList<Series>> RunAsync(
        int rounds, int warmUps, IReadOnlyList<Contender> contenders, CancellationToken cancellationToken)
    {
        var samples = contenders.Select(_ => new Sample[rounds]).ToArray();
        for (var round = -warmUps; round < rounds; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var who = round % 2 == 0 ? turn : contenders.Count - 1 - turn;
                var sample = await contenders[who].MeasureAsync(Math.Max(round, -1));
                Progress.Report(
                    round < 0 ? "warm-up" : $"round {round + 1} of {rounds}", $"{contenders[who].Name} {sample}");
                if (round >= 0)
                {
                    samples[who][round] = sample;
                }
            }
        }

        return [.. contenders.Select((c, i) => new Series(c.Name, samples[i]))];
    }
}

/// <summary>
/// How ours compares with a baseline: ours / baseline of each round, then the median and the extremes of these.
/// </summary>
internal sealed record Ratio(double Median, double Min, double Max)
{
    /// <summary>The ratio of the compared figure.</summary>
    public static Ratio Of(Series baseline, Series ours) => Of(baseline, ours, s => s.Value);

    /// <summary>The ratio of the server's processor time.</summary>
    public static Ratio OfCpu(Series baseline, Series ours) => Of(baseline, ours, s => s.ServerCpu);

    /// <summary>The ratio of any figure.</summary>
    public static Ratio Of(Series baseline, Series ours, Func<Sample, double> figure)
    {
        var ratios = baseline.Samples.Zip(ours.Samples, (b, o) => figure(o) / figure(b)).ToArray();
        return new Ratio(Statistics.Median(ratios), ratios.Min(), ratios.Max());
    }
}

/// <summary>The statistics that are needed.</summary>
internal static class Statistics
{
    /// <summary>The value that a share of all values stays below; NaN of nothing.</summary>
    /// <param name="sorted">The values, ascending.</param>
    /// <param name="share">0 to 1.</param>
    public static double Quantile(IReadOnlyList<float> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    /// <summary>The median; NaN of nothing.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Says on standard error what runs, so that standard output holds the tables alone.</summary>
internal static class Progress
{
    /// <summary>Says it.</summary>
    public static void Report(string what, string? who = null) =>
        Console.Error.WriteLine(who is null ? $"  {what}" : $"  {what}: {who}");
}
