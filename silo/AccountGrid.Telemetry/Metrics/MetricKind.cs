namespace AccountGrid.Telemetry;

/// <summary>Which of Prometheus' types an instrument becomes.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter = 1,

    /// <summary>Goes up and down.</summary>
    Gauge = 2,

    /// <summary>Counts by buckets.</summary>
    Histogram = 3,
}
