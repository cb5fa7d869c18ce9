using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace AccountGrid.Telemetry.Tests;

public sealed class MeterBridgeTests : IDisposable
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly Meter _meter = new($"bridge {Interlocked.Increment(ref _last)}");
    private readonly MeterBridge _bridge;
    private static int _last;

    public MeterBridgeTests() => _bridge = new(_registry, i => ReferenceEquals(i.Meter, _meter), NullLogger.Instance);

    public void Dispose()
    {
        _bridge.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_counter_is_a_counter_told_or_asked()
    {
        var told = _meter.CreateCounter<long>("things.done", "{thing}", "What was done.");
        var seen = 3L;
        _meter.CreateObservableCounter("bytes.sent", () => seen, "By", "What was sent.");
        told.Add(2, Tag("error.type", "none"));
        told.Add(5, Tag("error.type", "none"));
        var text = await ScrapeAsync();
        Assert.Contains("# TYPE things_done_total counter", text, StringComparison.Ordinal);
        Assert.Contains("# HELP things_done_total What was done.", text, StringComparison.Ordinal);
        Assert.Contains("things_done_total{error_type=\"none\"} 7", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE bytes_sent_bytes_total counter", text, StringComparison.Ordinal);
        Assert.Contains("bytes_sent_bytes_total 3", text, StringComparison.Ordinal);
        seen = 10;
        Assert.Contains("bytes_sent_bytes_total 10", await ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gauges_are_set_or_moved_as_their_instrument_means_it()
    {
        var moved = _meter.CreateUpDownCounter<int>("inside");
        moved.Add(3);
        moved.Add(-1);
        var set = _meter.CreateGauge<double>("level", "1");
        set.Record(0.25);
        set.Record(0.5);
        var text = await ScrapeAsync();
        Assert.Contains("\ninside 2", text, StringComparison.Ordinal);
        Assert.Contains("\nlevel_ratio 0.5", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE inside gauge", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_histogram_has_the_advised_buckets_in_the_base_unit()
    {
        var histogram =
            _meter.CreateHistogram(
                "latency", "ms", "How long.", advice: new InstrumentAdvice<double>
                {
                    HistogramBucketBoundaries = [10, 500],
                });
        histogram.Record(20);
        var text = await ScrapeAsync();
        Assert.Contains("latency_seconds_bucket{le=\"0.01\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("latency_seconds_bucket{le=\"0.5\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("latency_seconds_sum 0.02", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_longer_reported_is_no_longer_shown()
    {
        var values = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 };
        var meter = _meter.CreateObservableGauge(
            "places", () => values.Select(static v => new Measurement<int>(v.Value, Tag("place", v.Key))));
        Assert.Contains("places{place=\"b\"} 2", await ScrapeAsync(), StringComparison.Ordinal);
        values.Remove("b");
        var text = await ScrapeAsync();
        Assert.Contains("places{place=\"a\"} 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("place=\"b\"", text, StringComparison.Ordinal);
        _meter.Dispose();
        Assert.DoesNotContain("place=\"a\"", await ScrapeAsync(), StringComparison.Ordinal);
        GC.KeepAlive(meter);
    }

    [Fact]
    public async Task The_same_tags_in_another_order_are_the_same_series()
    {
        var counter = _meter.CreateCounter<int>("ordered");
        counter.Add(1, Tag("b", "2"), Tag("a", "1"));
        counter.Add(1, Tag("a", "1"), Tag("b", "2"));
        Assert.Contains("ordered_total{a=\"1\",b=\"2\"} 2", await ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instrument_with_ids_among_its_tags_stops_growing()
    {
        var counter = _meter.CreateCounter<int>("leaky");
        for (var id = 0; id < BridgedInstrument.MaxSeries + 50; id++)
        {
            counter.Add(1, Tag("id", id.ToString(CultureInfo.InvariantCulture)));
        }

        Assert.Equal(BridgedInstrument.MaxSeries,
            (await ScrapeAsync()).Split('\n')
                .Count(static l => l.StartsWith("leaky_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_that_fails_when_asked_and_one_whose_name_is_taken_spoil_nothing()
    {
        _meter.CreateObservableGauge("broken", int () => throw new InvalidOperationException("no"));
        _meter.CreateObservableGauge("taken.total", static () => 1);
        _meter.CreateCounter<int>("taken").Add(1);
        _meter.CreateObservableGauge("fine", static () => 1);
        var text = await ScrapeAsync();
        Assert.Contains("\nfine 1", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE taken_total gauge", text, StringComparison.Ordinal);
        Assert.DoesNotContain("# TYPE taken_total counter", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_duration_names_its_trace_where_that_is_sampled()
    {
        var histogram =
            _meter.CreateHistogram(
                "work", "s", "Work.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] });
        string Trace(bool sampled, double seconds)
        {
            using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C);
            activity.ActivityTraceFlags = sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
            activity.Start();
            histogram.Record(seconds);
            return activity.TraceId.ToHexString();
        }

        var sampled = Trace(sampled: true, 0.5);
        var unsampled = Trace(sampled: false, 5);
        var text = await ScrapeAsync(ExpositionFormat.OpenMetricsText);
        Assert.Contains($"trace_id=\"{sampled}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(unsampled, text, StringComparison.Ordinal);
        Assert.DoesNotContain("trace_id", await ScrapeAsync(), StringComparison.Ordinal);
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private async Task<string> ScrapeAsync(ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        using var into = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(into, format, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(into.ToArray());
    }
}
