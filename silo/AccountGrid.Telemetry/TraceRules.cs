using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>Which spans are worth recording where nobody says otherwise: commands always, whatever the system does by itself, and of reads and follows what a caller asks for, within bounds.</summary>
internal static class TraceRules
{
    /// <summary>Sources that are listened to; Orleans' runtime itself is noise.</summary>
    public static readonly string[] Sources =
        ["AccountGrid", "AccountGrid.Storage", TraceNames.GatewaySource, "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle", "Microsoft.Orleans.Storage", "Npgsql"];

    /// <summary>What the system does without a request: the end of a suspension, the freeze of an offboarding.</summary>
    private static readonly string[] Roots = ["account.execute", "operator.execute"];

    /// <summary>The sort of request of a gateway's span, or <c>null</c> for every other span.</summary>
    public static string? RequestKindOf(IEnumerable<KeyValuePair<string, object?>>? tags) =>
        tags is KeyValuePair<string, object?>[] { Length: > 0 } known && known[0].Key == TraceNames.RequestKind ? (string?)known[0].Value : null;

    /// <summary>Whether a span that belongs to no request is recorded; one below another is where that one is.</summary>
    public static bool WantsInner(string name, ActivityContext parent, IEnumerable<ActivityLink>? links) =>
        parent != default ? IsRecorded(parent)
        : Roots.Contains(name, StringComparer.Ordinal) || (links is not null && links.Any(static l => IsRecorded(l.Context)));

    /// <summary>Whether somebody has decided that a span is recorded.</summary>
    public static bool IsRecorded(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
