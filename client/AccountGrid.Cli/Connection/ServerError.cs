using System.Text;
using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;

namespace AccountGrid.Cli;

/// <summary>What a server answered instead of a result: google.rpc.Status with its details, or a bare status.</summary>
/// <param name="Code">The gRPC code.</param>
/// <param name="Reason">The stable reason, or empty where it did not say (as a proxy would not).</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Fields">The fields that break a rule, with the rule.</param>
/// <param name="RetryAfter">When a retry makes sense.</param>
/// <param name="TraceId">To find it in the server's traces, or empty.</param>
internal sealed record ServerError(
    StatusCode Code, string Reason, string Message, IReadOnlyList<(string Field, string Rule)> Fields, TimeSpan? RetryAfter, string TraceId)
{
    /// <summary>How long a caller waits for an overloaded server at most, at one time.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The exit code.</summary>
    public ExitCode ExitCode => ExitCodes.Of(Reason, Code);

    /// <summary>
    /// Whether the outcome is unknown or the server was only busy, so that the same request with the same request id may be sent again.
    /// A spent budget also comes with a delay, but waiting for it is the person's decision.
    /// </summary>
    public bool IsWorthRetrying => Reason switch
    {
        "OVERLOADED" => RetryAfter is null || RetryAfter <= LongestWait,
        "STORAGE_UNAVAILABLE" => true,
        "" => Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded
            || (Code == StatusCode.ResourceExhausted && RetryAfter is { } delay && delay <= LongestWait),
        _ => Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded,
    };

    /// <summary>Whether a change may have happened although no answer came.</summary>
    public bool IsUnknownOutcome => Reason is "STORAGE_UNAVAILABLE" || Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Unknown;

    /// <summary>Reads the details from an exception.</summary>
    public static ServerError From(RpcException exception)
    {
        var traceId = exception.Trailers.GetValue("trace-id") ?? "";
        Google.Rpc.Status? status = null;
        try
        {
            status = exception.GetRpcStatus();
        }
        catch (Exception e) when (e is Google.Protobuf.InvalidProtocolBufferException or FormatException)
        {
            // Details that cannot be read are no details; the code and the message stand.
        }

        var info = status?.GetDetail<ErrorInfo>();
        var fields = status?.GetDetail<BadRequest>()?.FieldViolations.Select(v => (v.Field, v.Description)).ToArray() ?? [];
        var retry = status?.GetDetail<RetryInfo>()?.RetryDelay;
        return new ServerError(
            exception.StatusCode,
            info is { Domain: "accountgrid" } ? info.Reason : "",
            status?.Message is { Length: > 0 } message ? message : exception.Status.Detail,
            fields,
            retry?.ToTimeSpan(),
            traceId);
    }

    /// <summary>One line for a person.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.Append(Reason.Length > 0 ? Reason : Show.Name(Code)).Append(": ").Append(Message);
        foreach (var (field, rule) in Fields.Where(f => !Message.Contains(f.Rule, StringComparison.Ordinal)))
        {
            text.Append(" [").Append(field).Append(": ").Append(rule).Append(']');
        }

        if (RetryAfter is { } delay)
        {
            text.Append(" Try again in ").Append(Show.Duration(delay)).Append('.');
        }

        if (TraceId.Length > 0)
        {
            text.Append(" (trace ").Append(TraceId).Append(')');
        }

        return text.ToString();
    }

    /// <summary>The same for a program.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["code"] = Show.Name(Code), ["reason"] = Reason, ["message"] = Message };
        if (Fields.Count > 0)
        {
            json["fields"] = new JsonArray([.. Fields.Select(f => (JsonNode)new JsonObject { ["field"] = f.Field, ["rule"] = f.Rule })]);
        }

        if (RetryAfter is { } delay)
        {
            json["retryAfterSeconds"] = delay.TotalSeconds;
        }

        if (TraceId.Length > 0)
        {
            json["traceId"] = TraceId;
        }

        return json;
    }
}
