using System.Diagnostics.Metrics;

namespace AccountGrid.Testing;

/// <summary>Meters of one test, so that tests that run beside each other do not read each other's numbers.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    /// <summary>Whether a meter is of this factory.</summary>
    public bool Owns(Meter meter) => _meters.Contains(meter);

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose() => _meters.ForEach(m => m.Dispose());
}
