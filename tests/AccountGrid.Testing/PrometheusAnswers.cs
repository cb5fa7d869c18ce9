namespace AccountGrid.Testing;

/// <summary>One series of an answer.</summary>
/// <param name="Labels">Its labels, the name among them where it has one.</param>
/// <param name="Values">Its samples, oldest first; exactly one in the answer about an instant.</param>
public sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double> Values);

/// <summary>An observation that was kept with the trace that it belongs to.</summary>
/// <param name="SeriesLabels">Of the series.</param>
/// <param name="Labels">Of the exemplar: <c>trace_id</c>, <c>span_id</c>.</param>
/// <param name="Value">What was observed.</param>
public sealed record PrometheusExemplar(
    IReadOnlyDictionary<string, string> SeriesLabels, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>An alert.</summary>
/// <param name="Labels">Its labels, <c>alertname</c> among them.</param>
/// <param name="Annotations">What it tells people, templates filled in.</param>
/// <param name="State"><c>pending</c> or <c>firing</c>.</param>
public sealed record PrometheusAlert(
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, string State)
{
    /// <summary>Its rule's name.</summary>
    public string Name => Labels["alertname"];
}

/// <summary>A rule.</summary>
/// <param name="Name">The alert's, or the recorded series'.</param>
/// <param name="IsAlert">Whether it is an alert.</param>
/// <param name="Query">Its expression.</param>
/// <param name="Labels">What it adds.</param>
/// <param name="Annotations">As written, templates and all.</param>
/// <param name="Health"><c>ok</c>, <c>err</c> or <c>unknown</c>.</param>
/// <param name="LastError">Why <c>err</c>.</param>
public sealed record PrometheusRule(
    string Name, bool IsAlert, string Query, IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations, string Health, string LastError);

/// <summary>Something that is scraped.</summary>
/// <param name="Labels"><c>job</c>, <c>instance</c> and what the configuration adds.</param>
/// <param name="Health"><c>up</c>, <c>down</c> or <c>unknown</c>.</param>
/// <param name="LastError">Why <c>down</c>.</param>
public sealed record PrometheusTarget(IReadOnlyDictionary<string, string> Labels, string Health, string LastError);
