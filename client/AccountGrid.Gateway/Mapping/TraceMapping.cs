using AccountGrid.Grains;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps traces.</summary>
internal static class TraceMapping
{
    /// <summary>The summary of a trace.</summary>
    public static V1.TraceSummary ToProto(TraceSummaryInfo info) => new()
    {
        TraceId = info.TraceId,
        StartedAt = TimeMapping.ToProto(info.StartedAt),
        Duration = Duration.FromTimeSpan(info.Duration),
        Name = info.Name,
        Action = info.Action,
        Account = info.Account,
        Actor = info.Actor,
        Outcome = info.Outcome,
        Refusal = info.Refusal,
        Error = info.IsError,
        SpanCount = info.Spans,
    };

    /// <summary>One span.</summary>
    public static V1.Span ToProto(SpanInfo info)
    {
        var span = new V1.Span
        {
            TraceId = info.TraceId,
            SpanId = info.SpanId,
            ParentSpanId = info.ParentSpanId,
            Name = info.Name,
            Kind = ToProto(info.Kind),
            Source = info.Source,
            StartedAt = TimeMapping.ToProto(info.StartedAt),
            Duration = Duration.FromTimeSpan(info.Duration),
            Error = info.IsError,
            StatusMessage = info.StatusText,
            Place = info.Place,
        };
        foreach (var (name, value) in info.Attributes)
        {
            span.Attributes[name] = value;
        }

        span.Links.Add(info.Links.Select(static l => new V1.SpanLink { TraceId = l.TraceId, SpanId = l.SpanId }));
        return span;
    }

    private static V1.Span.Types.Kind ToProto(SpanKind kind) => kind switch
    {
        SpanKind.Internal => V1.Span.Types.Kind.Internal,
        SpanKind.Server => V1.Span.Types.Kind.Server,
        SpanKind.Client => V1.Span.Types.Kind.Client,
        SpanKind.Producer => V1.Span.Types.Kind.Producer,
        SpanKind.Consumer => V1.Span.Types.Kind.Consumer,
        _ => V1.Span.Types.Kind.Unspecified,
    };
}
