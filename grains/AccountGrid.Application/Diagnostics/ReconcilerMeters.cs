using System.Diagnostics.Metrics;

namespace AccountGrid.Application;

/// <summary>
/// The reconciler's instruments. What it found is shown only by the silo where it works. Thread-safe; one per silo.
/// </summary>
public sealed class ReconcilerMeters
{
    private readonly Counter<long> _checked;
    private readonly Counter<long> _counted;
    private readonly Counter<long> _moving;
    private volatile Finding? _found;

    /// <summary>Makes the instruments; the factory owns the meter.</summary>
    public ReconcilerMeters(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(ApplicationDiagnostics.Name);
        _checked = meter.CreateCounter<long>("accountgrid.reconciler.accounts.checked", "{account}",
            "Accounts whose count was compared with their edges.");
        _counted = meter.CreateCounter<long>(
            "accountgrid.reconciler.edges.counted", "{edge}", "Edges counted by the reconciler.");
        _moving = meter.CreateCounter<long>(
            "accountgrid.reconciler.accounts.moving", "{account}",
            "Large accounts whose changes during the count were not all known, and were left for the next round.");
        meter.CreateObservableGauge("accountgrid.reconciler.drifting.accounts", () => Show(static f => f.Accounts),
            "{account}", "Accounts whose count differs from their edges; 0 is good.");
        meter.CreateObservableGauge("accountgrid.reconciler.drift.followers", () => Show(static f => f.Followers),
            "{follower}", "By how much they differ, all together.");
        _checked.Add(0);
        _counted.Add(0);
        _moving.Add(0);
    }

    /// <summary>The reconciler begins to work in this silo; nothing is known to drift yet.</summary>
    public void Begin() => _found = new(0, 0);

    /// <summary>It works somewhere else from now on.</summary>
    public void End() => _found = null;

    internal void Counted(long edges) => _counted.Add(edges);

    internal void Checked() => _checked.Add(1);

    internal void LeftMoving() => _moving.Add(1);

    internal void Found(long accounts, long followers) => _found = new(accounts, followers);

    private Measurement<long>[] Show(Func<Finding, long> what) => _found is { } found ? [new(what(found))] : [];

    private sealed record Finding(long Accounts, long Followers);
}
