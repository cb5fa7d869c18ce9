using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The instruments of the policy record. Thread-safe; one per silo.</summary>
public sealed class PolicyMeters
{
    private readonly Counter<long> _changes;
    private volatile Counts _differences = new(0, 0);

    /// <summary>Makes the instruments; the factory owns the meter.</summary>
    public PolicyMeters(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(ApplicationDiagnostics.Name);
        _changes = meter.CreateCounter<long>(
            "accountgrid.policy.changes", "{change}", "Changes of the policy record that this silo wrote, by kind.");
        foreach (var kind in (string[])["recorded", "tightened", "adopted"])
        {
            Count(0, kind);
        }

        meter.CreateObservableGauge(
            "accountgrid.policy.differences", Observe, "{setting}",
            "Settings that this silo's configuration names with another value than the policy in force, by direction.");
    }

    /// <summary>Counts what changed values.</summary>
    internal void Changed(ImmutableArray<PolicyEvent> appended)
    {
        foreach (var e in appended)
        {
            if (e is PolicyEvent.SettingsRecorded or PolicyEvent.Tightened or PolicyEvent.Adopted)
            {
                Count(
                    1, e is PolicyEvent.Adopted ? "adopted" : e is PolicyEvent.Tightened ? "tightened" : "recorded");
            }
        }
    }

    /// <summary>Shows how the silo's settings differ now.</summary>
    internal void Show(ImmutableArray<PolicyDifference> differences) => _differences = new(
        differences.Count(static d => d.IsWeaker), differences.Count(static d => !d.IsWeaker));

    private Measurement<int>[] Observe()
    {
        var now = _differences;
        return
        [
            new(now.Weaker, new KeyValuePair<string, object?>("direction", "weaker")),
            new(now.Stricter, new KeyValuePair<string, object?>("direction", "stricter")),
        ];
    }

    private void Count(long changes, string kind) =>
        _changes.Add(changes, new KeyValuePair<string, object?>("kind", kind));

    private sealed record Counts(int Weaker, int Stricter);
}
