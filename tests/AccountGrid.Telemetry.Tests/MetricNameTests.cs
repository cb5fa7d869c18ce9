using System.Diagnostics.Metrics;

namespace AccountGrid.Telemetry.Tests;

public sealed class MetricNameTests
{
    [Theory]
    [InlineData("accountgrid.commands", "{command}", nameof(MetricKind.Counter), "accountgrid_commands_total")]
    [InlineData("accountgrid.outage", "s", nameof(MetricKind.Counter), "accountgrid_outage_seconds_total")]
    [InlineData("accountgrid.command.duration", "s", nameof(MetricKind.Histogram),
        "accountgrid_command_duration_seconds")]
    [InlineData("accountgrid.follow.batch.size", "{change}", nameof(MetricKind.Histogram),
        "accountgrid_follow_batch_size")]
    [InlineData("accountgrid.budget.use", "1", nameof(MetricKind.Gauge), "accountgrid_budget_use_ratio")]
    [InlineData("orleans-catalog-activations", null, nameof(MetricKind.Gauge), "orleans_catalog_activations")]
    [InlineData("orleans-catalog-activation-latency", "ms", nameof(MetricKind.Histogram),
        "orleans_catalog_activation_latency_seconds")]
    [InlineData("orleans-messaging-sent-header-size", "bytes", nameof(MetricKind.Counter),
        "orleans_messaging_sent_header_size_bytes_total")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", nameof(MetricKind.Counter),
        "dotnet_gc_heap_total_allocated_bytes_total")]
    [InlineData("dotnet.timer.count", "{timer}", nameof(MetricKind.Gauge), "dotnet_timer_current")]
    [InlineData("db.client.connection.count", "{connection}", nameof(MetricKind.Gauge), "db_client_connection_current")]
    [InlineData("already.seconds", "s", nameof(MetricKind.Gauge), "already_seconds")]
    [InlineData("things.total", null, nameof(MetricKind.Counter), "things_total")]
    [InlineData("camelCase--twice..over", null, nameof(MetricKind.Gauge), "camel_case_twice_over")]
    [InlineData("9lives", null, nameof(MetricKind.Gauge), "_9lives")]
    public void A_name_follows_the_rule(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, MetricName.Of(name, unit, Enum.Parse<MetricKind>(kind)).Text);

    [Theory]
    [InlineData("s", 1)]
    [InlineData("ms", 0.001)]
    [InlineData("min", 60)]
    [InlineData("%", 0.01)]
    [InlineData("{thing}", 1)]
    public void A_measurement_comes_in_the_base_unit(string unit, double scale) =>
        Assert.Equal(scale, MetricName.Of("x", unit, MetricKind.Gauge).Scale);

    [Fact]
    public void The_type_is_the_instruments_own_except_where_dotnet_errs()
    {
        using var meter = new Meter("names");
        Assert.Equal(MetricKind.Counter, MetricName.Of(meter.CreateCounter<long>("a")).Kind);
        Assert.Equal(MetricKind.Counter, MetricName.Of(meter.CreateObservableCounter("b", static () => 1)).Kind);
        Assert.Equal(MetricKind.Gauge, MetricName.Of(meter.CreateUpDownCounter<int>("c")).Kind);
        Assert.Equal(MetricKind.Gauge, MetricName.Of(meter.CreateObservableUpDownCounter("d", static () => 1)).Kind);
        Assert.Equal(MetricKind.Gauge, MetricName.Of(meter.CreateGauge<double>("e")).Kind);
        Assert.Equal(MetricKind.Histogram, MetricName.Of(meter.CreateHistogram<double>("f")).Kind);
        Assert.Equal(MetricKind.Gauge,
            MetricName.Of(meter.CreateObservableCounter("dotnet.thread_pool.queue.length", static () => 1)).Kind);
    }
}
