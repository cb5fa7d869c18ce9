using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace AccountGrid.Telemetry;

/// <summary>
/// Copies one .NET instrument into Prometheus' registry. Tags become labels; the labels of a set of tag names are
/// computed once. Thread-safe.
/// </summary>
internal sealed class BridgedInstrument
{
    /// <summary>
    /// Series of one instrument at most. An instrument with more has ids among its tags; further series are dropped.
    /// </summary>
    public const int MaxSeries = 1_000;

    private static readonly string[] NoNames = [];

    /// <summary>
    /// The sampled trace under way, at most one a second for each bucket: more often than anything scrapes, seldom
    /// enough to cost nothing.
    /// </summary>
    private static readonly ExemplarBehavior SampledTraces = new()
    {
        DefaultExemplarProvider = static (_, _) => Activity.Current is { Recorded: true }
            ? Exemplar.FromTraceContext()
            : Exemplar.None,
        NewExemplarMinInterval = TimeSpan.FromSeconds(1),
    };

    private readonly MetricName _name;
    private readonly string _help;
    private readonly double[]? _buckets;
    private readonly CollectorRegistry _registry;
    private readonly bool _adds;
    private readonly Lock _gate = new();
    private volatile Layout[] _layouts = [];

    /// <summary>Prepares a bridge for an instrument; nothing is shown before the first measurement.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="name">Its name in the registry.</param>
    /// <param name="buckets">A histogram's buckets, in the instrument's own unit.</param>
    /// <param name="registry">The registry to copy to.</param>
    public BridgedInstrument(
        Instrument instrument, MetricName name, IEnumerable<double>? buckets, CollectorRegistry registry)
    {
        _name = name;
        _help = string.IsNullOrWhiteSpace(instrument.Description)
            ? $"{instrument.Name} of {instrument.Meter.Name}."
            : instrument.Description;
        _buckets = buckets is null ? null : [.. buckets.Select(b => b * name.Scale)];
        _registry = registry;
        IsObservable = instrument.IsObservable;

        // The only gauge whose measurements are differences.
        _adds = !instrument.IsObservable
            && instrument.GetType() is { IsGenericType: true } type
            && type.GetGenericTypeDefinition() == typeof(UpDownCounter<>);
    }

    /// <summary>Whether its value is read at every scrape, rather than measured when something happens.</summary>
    public bool IsObservable { get; }

    /// <summary>Takes a measurement.</summary>
    public void Record(double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var value = measured * _name.Scale;
        var layout = LayoutOf(tags);
        Span<string> labels = layout.Places.Length == 0 ? [] : new string[layout.Places.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = TextOf(tags[layout.Places[i]].Value);
        }

        if (!layout.TryAdd(labels))
        {
            return;
        }

        switch (layout.Collector)
        {
            case Histogram histogram:
                histogram.WithLabels(labels).Observe(value);
                break;
            case Counter counter:
                Count(counter.WithLabels(labels), value);
                break;
            case Gauge gauge:
                Show(layout, gauge.WithLabels(labels), value);
                break;
        }
    }

    /// <summary>Begins a scrape of an observable instrument.</summary>
    public void BeginScrape()
    {
        foreach (var layout in _layouts)
        {
            (layout.Shown, layout.ShownBefore) = ([], layout.Shown);
        }
    }

    /// <summary>Ends the scrape: removes the series that it did not report.</summary>
    public void EndScrape()
    {
        foreach (var layout in _layouts)
        {
            foreach (var gauge in layout.ShownBefore.Where(g => !layout.Shown.Contains(g)))
            {
                gauge.Remove();
            }

            layout.ShownBefore = [];
        }
    }

    private void Count(Counter.Child counter, double value)
    {
        if (IsObservable)
        {
            counter.IncTo(value);
        }
        else if (value >= 0)
        {
            counter.Inc(value);
        }
    }

    private void Show(Layout layout, Gauge.Child gauge, double value)
    {
        if (_adds)
        {
            gauge.Inc(value);
            return;
        }

        gauge.Set(value);
        if (IsObservable)
        {
            layout.Shown.Add(gauge);
        }
    }

    private Layout LayoutOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(_layouts, tags) is { } known)
        {
            return known;
        }

        lock (_gate)
        {
            if (Find(_layouts, tags) is { } madeMeanwhile)
            {
                return madeMeanwhile;
            }

            var made = MakeLayout(tags);
            _layouts = [.. _layouts, made];
            return made;
        }
    }

    private static Layout? Find(Layout[] layouts, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var layout in layouts)
        {
            if (layout.Fits(tags))
            {
                return layout;
            }
        }

        return null;
    }

    /// <summary>
    /// Labels stand in the order of their names, so that the same tags in another order are the same series.
    /// </summary>
    private Layout MakeLayout(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var keys = new string[tags.Length];
        var places = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < tags.Length; i++)
        {
            keys[i] = tags[i].Key;
            var label = MetricName.Snake(keys[i]);
            places[label == "le" ? "le_" : label] = i;
        }

        string[] names = places.Count == 0 ? NoNames : [.. places.Keys];
        return new Layout(keys, [.. places.Values], CollectorOf(names));
    }

    private Collector CollectorOf(string[] labels)
    {
        var factory = Metrics.WithCustomRegistry(_registry);
        return _name.Kind switch
        {
            MetricKind.Counter => factory.CreateCounter(_name.Text, _help, labels, new CounterConfiguration
            {
                ExemplarBehavior = ExemplarBehavior.NoExemplars(),
            }),
            MetricKind.Histogram => factory.CreateHistogram(_name.Text, _help, labels, new HistogramConfiguration
            {
                Buckets = _buckets,
                ExemplarBehavior = _name.IsDuration ? SampledTraces : ExemplarBehavior.NoExemplars(),
            }),
            _ => factory.CreateGauge(_name.Text, _help, labels),
        };
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>The labels of one set of tag names.</summary>
    private sealed class Layout(string[] keys, int[] places, Collector collector)
    {
        private readonly ConcurrentDictionary<int, byte> _known = new();

        /// <summary>Where in the tags each label's value stands.</summary>
        public int[] Places => places;

        public Collector Collector => collector;

        public HashSet<Gauge.Child> Shown { get; set; } = [];

        public HashSet<Gauge.Child> ShownBefore { get; set; } = [];

        public bool Fits(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != keys.Length)
            {
                return false;
            }

            for (var i = 0; i < keys.Length; i++)
            {
                if (!ReferenceEquals(tags[i].Key, keys[i]) && tags[i].Key != keys[i])
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>
        /// Whether a series may be shown: it is known, or there are fewer than <see cref="MaxSeries"/>.
        /// </summary>
        public bool TryAdd(ReadOnlySpan<string> labels)
        {
            if (labels.IsEmpty)
            {
                return true;
            }

            var hash = default(HashCode);
            foreach (var label in labels)
            {
                hash.Add(label, StringComparer.Ordinal);
            }

            var key = hash.ToHashCode();
            if (_known.ContainsKey(key))
            {
                return true;
            }

            if (_known.Count >= MaxSeries)
            {
                return false;
            }

            _ = _known.TryAdd(key, 0);
            return true;
        }
    }
}
