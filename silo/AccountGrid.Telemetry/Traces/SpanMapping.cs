using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>Maps ended spans to the form that crosses processes: values as text, cut to a length.</summary>
internal static class SpanMapping
{
    private const int MaxText = 1_024;
    private const int BytesPerSpan = 600;
    private const int BytesPerTag = 80;

    /// <summary>Whether a text is a trace id: 32 lower-case hex digits, not all 0.</summary>
    public static bool IsTraceId(string? text) =>
        text is { Length: 32 }
        && text.All(static c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
        && text.AsSpan().ContainsAnyExcept('0');

    /// <summary>About how many bytes a span takes in memory.</summary>
    /// <param name="span">The span.</param>
    /// <param name="isPerson">Whether its tags say that a person sent the command.</param>
    public static int SizeOf(Activity span, out bool isPerson)
    {
        var size = BytesPerSpan;
        isPerson = false;
        foreach (ref readonly var tag in span.EnumerateTagObjects())
        {
            var text = tag.Value as string;
            size += BytesPerTag + ((text?.Length ?? 0) * sizeof(char));
            isPerson |= text == TraceNames.Person && tag.Key == TraceNames.ActorKind;
        }

        return size;
    }

    /// <summary>A span; <paramref name="dropped"/> says how many others of its trace were not kept.</summary>
    public static SpanInfo ToInfo(Activity span, int dropped)
    {
        var attributes = span.TagObjects.Where(static t => t.Value is not null)
            .Select(static t => KeyValuePair.Create(t.Key, Text(t.Value!)));
        if (dropped > 0)
        {
            attributes = attributes.Append(
                KeyValuePair.Create("accountgrid.spans.dropped", dropped.ToString(CultureInfo.InvariantCulture)));
        }

        return new SpanInfo(
            span.TraceId.ToHexString(),
            span.SpanId.ToHexString(),
            span.ParentSpanId == default ? "" : span.ParentSpanId.ToHexString(),
            span.DisplayName,
            (SpanKind)(int)span.Kind,
            span.Source.Name,
            new DateTimeOffset(span.StartTimeUtc, TimeSpan.Zero),
            span.Duration,
            span.Status == ActivityStatusCode.Error,
            Cut(span.StatusDescription ?? ""),
            [.. attributes],
            [.. span.Links.Select(static l =>
                new SpanLinkInfo(l.Context.TraceId.ToHexString(), l.Context.SpanId.ToHexString()))]);
    }

    /// <summary>One line about the spans of a trace; there is at least one.</summary>
    public static TraceSummaryInfo ToSummary(ImmutableArray<Activity> spans)
    {
        // The first to begin, not the longest: an activation that ends itself does so after its answer, in a child that
        // can outlast the request.
        var root = spans.MinBy(static s => (s.StartTimeUtc, -s.Duration))!;
        return new TraceSummaryInfo(
            root.TraceId.ToHexString(),
            new DateTimeOffset(spans.Min(static s => s.StartTimeUtc), TimeSpan.Zero),
            root.Duration,
            root.DisplayName,
            Last(spans, TraceNames.Action),
            long.TryParse(
                Last(spans, TraceNames.Account), NumberStyles.None, CultureInfo.InvariantCulture, out var account)
                ? account
                : 0,
            Last(spans, TraceNames.Actor),
            Last(spans, TraceNames.Outcome),
            Last(spans, TraceNames.Refusal),
            spans.Any(static s => s.Status == ActivityStatusCode.Error),
            spans.Length);
    }

    /// <summary>The tag's value in the outermost span that has it: spans end from the inside out.</summary>
    private static string Last(ImmutableArray<Activity> spans, string tag)
    {
        for (var i = spans.Length - 1; i >= 0; i--)
        {
            if (spans[i].GetTagItem(tag) is { } value)
            {
                return Text(value);
            }
        }

        return "";
    }

    private static string Text(object value) => Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
