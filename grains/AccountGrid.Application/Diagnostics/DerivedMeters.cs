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
            "Journal entries that were compared with the signed roots, or verified and computed again.");
        meter.CreateObservableGauge(
            "accountgrid.derived.wrong.rows", () => Show(ref _wrong), "{row}",
            "Index rows and budget marks that are not what the journals say; 0 is good.");
        meter.CreateObservableGauge(
            "accountgrid.journal.contradictions", () => Show(ref _contradictions), "{contradiction}",
            "Entries that are missing, changed or of no silo, and other contradictions to the checkpoints; 0 is good.");
        _checked.Add(0);
    }

    /// <summary>The comparison begins to work in this silo; nothing is known to be wrong yet.</summary>
    public void Begin() => Set(0);

    /// <summary>It works somewhere else from now on.</summary>
    public void End() => Set(-1);

    internal void Checked(long entries) => _checked.Add(entries);

    internal void FoundRows(long rows) => Volatile.Write(ref _wrong, rows);

    internal void FoundEntries(long contradictions) => Volatile.Write(ref _contradictions, contradictions);

    private void Set(long value)
    {
        Volatile.Write(ref _wrong, value);
        Volatile.Write(ref _contradictions, value);
    }

    private static Measurement<long>[] Show(ref long found) =>
        Volatile.Read(ref found) is >= 0 and var value ? [new(value)] : [];
}
