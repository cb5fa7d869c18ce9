using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using AccountGrid.Application;

namespace AccountGrid.Silo;

/// <summary>The instruments of the watchdog. Thread-safe; one per silo.</summary>
internal sealed class WatchdogMeters
{
    private readonly Counter<long> _renewals;
    private ImmutableArray<Vital> _vitals = [];

    /// <summary>Makes the instruments; the factory owns the meter.</summary>
    public WatchdogMeters(IMeterFactory meters)
    {
        var meter = meters.Create(ApplicationDiagnostics.Name);
        meter.CreateObservableGauge(
            "accountgrid.watchdog.age.seconds",
            () => _vitals.Select(static v => new Measurement<double>(v.Age.TotalSeconds, Of(v))), "s",
            "How long ago a silo was found well, by what its work depends on; a few seconds are good.");
        _renewals = meter.CreateCounter<long>(
            "accountgrid.watchdog.renewals", "{renewal}",
            "What the watchdog did because the runtime's timers had not.");
    }

    internal void Watch(ImmutableArray<Vital> vitals) => _vitals = vitals;

    internal void Begin()
    {
        foreach (var vital in _vitals)
        {
            _renewals.Add(0, Of(vital));
        }
    }

    internal void Renewed(Vital vital) => _renewals.Add(1, Of(vital));

    private static KeyValuePair<string, object?> Of(Vital vital) => new("vital", vital.Name);
}
