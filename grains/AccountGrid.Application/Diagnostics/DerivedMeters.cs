using System.Diagnostics.Metrics;

namespace AccountGrid.Application;

/// <summary>
/// The instruments of the comparison with the journals. What it found is shown only by the silo where it works.
/// Thread-safe; one per silo.
/// </summary>
public sealed class DerivedMeters
{
    private readonly Counter<long> _checked;
    private long _wrong = -1;
    private long _contradictions = -1;

    /// <summary>Makes the instruments; the factory owns the meter.</summary>
    public DerivedMeters(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(ApplicationDiagnostics.Name);
        _checked = meter.CreateCounter<long>(
            "accountgrid.derived.entries.checked", "{entry}",
            "Journal entries that were compared with the signed roots, or whose budget marks and index rows were "
            + "computed again.");
        meter.CreateObservableGauge(
            "accountgrid.derived.wrong.rows", () => Show(ref _wrong), "{row}",
            "Index rows and budget marks that are not what the journals say; 0 is good.");
        meter.CreateObservableGauge(
            "accountgrid.journal.contradictions", () => Show(ref _contradictions), "{contradiction}",
            "What contradicts the checkpoint log outside the store, as the last round found it; 0 is good.");
        _checked.Add(0);
    }

    /// <summary>The comparison begins to work in this silo; nothing is known to be wrong yet.</summary>
    public void Begin() => Set(0);

    /// <summary>It works somewhere else from now on.</summary>
    public void End() => Set(-1);

    internal void Checked(long entries) => _checked.Add(entries);

    internal void Found(long rows) => Volatile.Write(ref _wrong, rows);

    internal void Contradicted(long times) => Volatile.Write(ref _contradictions, times);

    private void Set(long value)
    {
        Volatile.Write(ref _wrong, value);
        Volatile.Write(ref _contradictions, value);
    }

    private static Measurement<long>[] Show(ref long found) =>
        Volatile.Read(ref found) is >= 0 and var value ? [new(value)] : [];
}
