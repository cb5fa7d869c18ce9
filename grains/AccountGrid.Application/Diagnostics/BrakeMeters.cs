using System.Diagnostics.Metrics;

namespace AccountGrid.Application;

/// <summary>
/// The instruments of the brake. Its state is shown only by the silo where it works. Thread-safe; one per silo.
/// </summary>
public sealed class BrakeMeters
{
    private readonly Counter<long> _engagements;
    private volatile BrakeProcessor? _shown;

    internal BrakeMeters(Meter meter)
    {
        _engagements = meter.CreateCounter<long>(
            "accountgrid.brake.engagements", "{engagement}", "Times that the brake over the grid engaged.");
        meter.CreateObservableGauge(
            "accountgrid.brake.engaged", ShowEngaged, unit: null,
            "Whether the brake over the grid is engaged, so that every harm takes two people: 1 or 0.");
        meter.CreateObservableGauge(
            "accountgrid.brake.used", ShowUsed, "1",
            "The part of a limit of the brake that is used by harms of one identity alone; 1 = all.");
        _engagements.Add(0);
    }

    /// <summary>The brake works in this silo from now on.</summary>
    public void Begin(BrakeProcessor brake) => _shown = brake;

    /// <summary>It works somewhere else from now on.</summary>
    public void End(BrakeProcessor brake) => Interlocked.CompareExchange(ref _shown, null, brake);

    internal void Engaged() => _engagements.Add(1);

    private Measurement<long>[] ShowEngaged() =>
        _shown is { } brake ? [new(brake.View.Engagement is null ? 0L : 1L)] : [];

    private Measurement<double>[] ShowUsed()
    {
        if (_shown is not { } brake)
        {
            return [];
        }

        var view = brake.View;
        var (actions, reach) = Domain.Brake.UseOf(view.Harms, view.Reach, view.Policy);
        return [new(actions, new KeyValuePair<string, object?>("budget", "actions")),
            new(reach, new KeyValuePair<string, object?>("budget", "reach"))];
    }
}
