using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>Which spans are worth recording where no <c>OTEL_TRACES_SAMPLER</c> says otherwise.</summary>
internal static class TraceRules
{
    /// <summary>Sources that are listened to; Orleans' runtime itself is noise.</summary>
    public static readonly string[] Sources =
        ["AccountGrid", "AccountGrid.Storage", TraceNames.GatewaySource, "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle", "Microsoft.Orleans.Storage", "Npgsql"];

    /// <summary>What the system does without a request: the end of a suspension, the freeze of an offboarding.</summary>
    private static readonly string[] Roots = ["account.execute", "operator.execute"];

    /// <summary>
    /// Whether a span is recorded: a request's, which <see cref="RequestSampler"/> has let through; one below another that is; one that shares its work with others that are; and what the
    /// system does by itself.
    /// </summary>
    public static bool Wants(string name, ActivityContext parent, IEnumerable<KeyValuePair<string, object?>>? tags, IEnumerable<ActivityLink>? links) =>
        tags is KeyValuePair<string, object?>[] { Length: > 0 } known && known[0].Key == TraceNames.RequestKind
        || (parent != default ? IsRecorded(parent)
            : Roots.Contains(name, StringComparer.Ordinal) || (links is not null && links.Any(static l => IsRecorded(l.Context))));

    private static bool IsRecorded(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
