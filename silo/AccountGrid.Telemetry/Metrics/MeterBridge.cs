using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AccountGrid.Telemetry;

/// <summary>
/// Listens to the meters of the process and copies their measurements into a registry: those of observable instruments
/// at every scrape, all others when they are made. Thread-safe.
/// </summary>
internal sealed partial class MeterBridge : IDisposable
{
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Amounts = Histogram.ExponentialBuckets(1, 4, 12);

    private readonly CollectorRegistry _registry;
    private readonly Func<Instrument, bool> _isShown;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, MetricKind> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<BridgedInstrument, byte> _observed = new();
    private readonly Lock _scraping = new();
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="registry">The registry to copy to.</param>
    /// <param name="isShown">Whether an instrument is copied.</param>
    /// <param name="log">Names the instruments that cannot be copied.</param>
    public MeterBridge(CollectorRegistry registry, Func<Instrument, bool> isShown, ILogger log)
    {
        (_registry, _isShown, _log) = (registry, isShown, log);
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = Forget;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(
            static (_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
        registry.AddBeforeCollectCallback(Observe);
    }

    /// <summary>Stops listening; what is shown stays as it is.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((BridgedInstrument)state!).Record(value, tags);

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!_isShown(instrument))
        {
            return;
        }

        var name = MetricName.Of(instrument);
        if (_names.GetOrAdd(name.Text, name.Kind) != name.Kind)
        {
            LogTaken(instrument.Name, instrument.Meter.Name, name.Text);
            return;
        }

        var buckets = name.Kind == MetricKind.Histogram ? BucketsOf(instrument, name) : null;
        var bridged = new BridgedInstrument(instrument, name, buckets, _registry);
        if (bridged.IsObservable)
        {
            _observed.TryAdd(bridged, 0);
        }

        listener.EnableMeasurementEvents(instrument, bridged);
    }

    private void Forget(Instrument instrument, object? state)
    {
        if (state is BridgedInstrument bridged && _observed.TryRemove(bridged, out _))
        {
            lock (_scraping)
            {
                bridged.BeginScrape();
                bridged.EndScrape();
            }
        }
    }

    /// <summary>
    /// Reads the observable instruments. One that fails is left out of this scrape; the others are read.
    /// </summary>
    private void Observe()
    {
        lock (_scraping)
        {
            foreach (var (bridged, _) in _observed)
            {
                bridged.BeginScrape();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException e)
            {
                LogNotObserved(e);
            }

            foreach (var (bridged, _) in _observed)
            {
                bridged.EndScrape();
            }
        }
    }

    private static IEnumerable<double> BucketsOf(Instrument instrument, MetricName name) =>
        Advice(instrument) is { Length: > 0 } advised ? advised
        : name.IsDuration ? Seconds.Select(s => s / name.Scale)
        : Amounts;

    private static double[]? Advice(Instrument instrument) => instrument switch
    {
        Histogram<double> h => From(h.Advice),
        Histogram<long> h => From(h.Advice),
        Histogram<int> h => From(h.Advice),
        Histogram<float> h => From(h.Advice),
        _ => null,
    };

    private static double[]? From<T>(InstrumentAdvice<T>? advice)
        where T : struct =>
        advice?.HistogramBucketBoundaries
            ?.Select(static b => Convert.ToDouble(b, CultureInfo.InvariantCulture)).ToArray();

    [LoggerMessage(
        1601,
        LogLevel.Warning,
        "The instrument {Instrument} of {Meter} is not at /metrics: {Name} is there already, of another type.")]
    private partial void LogTaken(string instrument, string meter, string name);

    [LoggerMessage(1602, LogLevel.Debug, "Some instruments could not be read for this scrape.")]
    private partial void LogNotObserved(Exception exception);
}
