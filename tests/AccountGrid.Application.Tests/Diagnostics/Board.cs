using System.Diagnostics.Metrics;

namespace AccountGrid.Application.Tests;

/// <summary>What one world's instruments show, by name and tags.</summary>
internal sealed class Board : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _asked = new(StringComparer.Ordinal);

    public Board(World world)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (world.Meters.Owns(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        _listener.Start();
    }

    public double Told(string key) => _told.GetValueOrDefault(key);

    public double Asked(string key)
    {
        _listener.RecordObservableInstruments();
        return _asked.GetValueOrDefault(key, double.NaN);
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = string.Join(
            ' ', tags.ToArray().Select(static t => $"{t.Key}={t.Value}")
                .Prepend(instrument.Name["accountgrid.".Length..]));
        if (instrument.IsObservable)
        {
            _asked[key] = value;
        }
        else
        {
            _told[key] = _told.GetValueOrDefault(key) + value;
        }
    }
}
