using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// One .NET instrument on its way into Prometheus' registry. The tags of a measurement become labels: which ones is looked up once for every set of tag names. Thread-safe.
/// </summary>
internal sealed class BridgedInstrument
{
    /// <summary>Series of one instrument. Whatever would make more has ids among its tags, and is dropped rather than kept.</summary>
    public const int MaxSeries = 1_000;

    private static readonly string[] NoNames = [];

    private readonly MetricName _name;
    private readonly string _help;
    private readonly double[]? _buckets;
    private readonly CollectorRegistry _registry;
    private readonly bool _adds;
    private readonly Lock _gate = new();
    private volatile Layout[] _layouts = [];

    /// <summary>Prepares a bridge for an instrument; nothing is shown before the first measurement.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="name">What it is called in the registry.</param>
    /// <param name="buckets">A histogram's buckets, in the instrument's own unit.</param>
    /// <param name="registry">Where it goes.</param>
    public BridgedInstrument(Instrument instrument, MetricName name, IEnumerable<double>? buckets, CollectorRegistry registry)
    {
        _name = name;
        _help = string.IsNullOrWhiteSpace(instrument.Description) ? $"{instrument.Name} of {instrument.Meter.Name}." : instrument.Description;
        _buckets = buckets is null ? null : [.. buckets.Select(b => b * name.Scale)];
        _registry = registry;
        IsObservable = instrument.IsObservable;

        // An up-down counter that is not read but told is the one kind of gauge that is told differences.
        _adds = !instrument.IsObservable && instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(UpDownCounter<>);
    }

    /// <summary>Whether it is asked at every scrape rather than telling what happens.</summary>
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

        if (!layout.Admit(labels))
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

    /// <summary>Begins a round of asking: what is not reported in it is gone.</summary>
    public void BeginRound()
    {
        foreach (var layout in _layouts)
        {
            (layout.Shown, layout.ShownBefore) = ([], layout.Shown);
        }
    }

    /// <summary>Ends a round of asking: takes away what was there before it and was not reported in it.</summary>
    public void EndRound()
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
        foreach (var layout in _layouts)
        {
            if (layout.Fits(tags))
            {
                return layout;
            }
        }

        lock (_gate)
        {
            foreach (var layout in _layouts)
            {
                if (layout.Fits(tags))
                {
                    return layout;
                }
            }

            var made = MakeLayout(tags);
            _layouts = [.. _layouts, made];
            return made;
        }
    }

    /// <summary>Labels stand in the order of their names, so that the same tags in another order are the same series.</summary>
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
            MetricKind.Counter => factory.CreateCounter(_name.Text, _help, labels, new CounterConfiguration { ExemplarBehavior = ExemplarBehavior.NoExemplars() }),
            MetricKind.Histogram => factory.CreateHistogram(_name.Text, _help, labels, new HistogramConfiguration
            {
                Buckets = _buckets,
                ExemplarBehavior = _name.IsDuration ? SampledTraces.AsExemplars : ExemplarBehavior.NoExemplars(),
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

        /// <summary>Whether a series may be shown: one that is there already, or one more while there are few.</summary>
        public bool Admit(ReadOnlySpan<string> labels)
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
            return _known.ContainsKey(key) || (_known.Count < MaxSeries && Remember(key));
        }

        private bool Remember(int key)
        {
            _ = _known.TryAdd(key, 0);
            return true;
        }
    }
}
