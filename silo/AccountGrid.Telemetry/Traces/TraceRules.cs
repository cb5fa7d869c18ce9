using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>Which spans are worth recording where no <c>OTEL_TRACES_SAMPLER</c> says otherwise.</summary>
internal static class TraceRules
{
    /// <summary>
    /// The activity sources that are listened to; Orleans' runtime is not, because it makes too many spans.
    /// </summary>
    public static readonly string[] Sources =
    [
        "AccountGrid", "AccountGrid.Storage", TraceNames.GatewaySource, "Npgsql",
        "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle",
    ];

    /// <summary>Root spans of work without a request: the end of a suspension, the freeze of an offboarding.</summary>
    private static readonly string[] Roots = ["account.execute", "operator.execute"];

    /// <summary>
    /// Whether a span is recorded: the span of a request that <see cref="RequestSampler"/> chose; a child of a recorded
    /// span; a root that is linked to recorded spans, such as a group commit; and work without a request.
    /// </summary>
    public static bool ShouldRecord(
        string name,
        ActivityContext parent,
        IEnumerable<KeyValuePair<string, object?>>? tags,
        IEnumerable<ActivityLink>? links) =>
        tags is KeyValuePair<string, object?>[] { Length: > 0 } known && known[0].Key == TraceNames.RequestKind
        || (parent != default ? IsRecorded(parent)
            : Roots.Contains(name, StringComparer.Ordinal) || (
                links is not null && links.Any(static l => IsRecorded(l.Context))));

    private static bool IsRecorded(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
