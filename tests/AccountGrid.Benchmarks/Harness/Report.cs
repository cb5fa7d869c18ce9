namespace AccountGrid.Benchmarks.Harness;

/// <summary>One line of a table.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Baseline">The baseline's median, or <c>null</c> where there is none.</param>
/// <param name="Ours">Our median.</param>
/// <param name="Ratio">Ours / baseline, or <c>null</c>.</param>
/// <param name="Unit">How figures of this row are written.</param>
/// <param name="Goal">What is demanded.</param>
internal sealed record Row(
    string Work, double? Baseline, double Ours, Ratio? Ratio, Func<double, string> Unit, Goal Goal)
{
    /// <summary>The row of two series' compared figures.</summary>
    public static Row Compare(string work, Series baseline, Series ours, Func<double, string> unit, Goal goal) =>
        new(work, baseline.Median, ours.Median, Ratio.Of(baseline, ours), unit, goal);

    /// <summary>The row of another figure of two series.</summary>
    public static Row Compare(
        string work, Series baseline, Series ours, Func<double, string> unit, Goal goal, Func<Sample, double> figure) =>
        new(work, baseline.MedianOf(figure), ours.MedianOf(figure), Harness.Ratio.Of(baseline, ours, figure), unit,
            goal);

    /// <summary>
    /// The row of the servers' processor time: what the comparison is without the load generator, which shares the
    /// machine.
    /// </summary>
    public static Row CompareCpu(string work, Series baseline, Series ours) =>
        new(work, baseline.MedianCpu, ours.MedianCpu, Ratio.OfCpu(baseline, ours), Units.Time, Goal.None);
}

/// <summary>What a benchmark found.</summary>
/// <param name="Title">One line over the table.</param>
/// <param name="Rows">The table.</param>
/// <param name="Disk">What a sync costs where the data lay, or <c>null</c> where nothing was written.</param>
/// <param name="Verified">What was checked after it, one sentence each. A failed check throws instead.</param>
/// <param name="Notes">What a reader must know to read the rows.</param>
internal sealed record Report(
    string Title, IReadOnlyList<Row> Rows, SyncCost? Disk, IReadOnlyList<string> Verified, IReadOnlyList<string> Notes)
{
    /// <summary>Whether no goal is missed.</summary>
    public bool GoalsMet => Rows.All(r => r.Goal.IsMet(r.Ratio, r.Ours) != false);
}

/// <summary>The state after a benchmark is not what it must be: its figures are worth nothing.</summary>
internal sealed class VerificationException(string message) : Exception(message)
{
    /// <summary>Throws unless both are the same.</summary>
    public static void ThrowUnlessEqual<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new VerificationException($"{what}: expected {expected}, found {actual}.");
        }
    }
}
