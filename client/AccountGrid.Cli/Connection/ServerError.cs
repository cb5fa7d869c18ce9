using System.Text;
using System.Text.Json.Nodes;
using AccountGrid.Client;
using Grpc.Core;

namespace AccountGrid.Cli;

/// <summary>A refusal or failure of a call as a line, as JSON and as an exit code.</summary>
/// <param name="Code">The gRPC code.</param>
/// <param name="Reason">The stable reason, or empty where there is none (as from a proxy).</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Fields">The fields that break a rule, with the rule.</param>
/// <param name="RetryAfter">The pause after which a retry makes sense.</param>
/// <param name="TraceId">To find it in the server's traces, or empty.</param>
internal sealed record ServerError(
    StatusCode Code,
    string Reason,
    string Message,
    IReadOnlyList<AccountGridFieldViolation> Fields,
    TimeSpan? RetryAfter,
    string TraceId)
{
    /// <summary>The exit code.</summary>
    public ExitCode ExitCode => ExitCodes.Of(Reason, Code);

    /// <summary>Reads it from an exception of the client.</summary>
    public static ServerError From(AccountGridException e) =>
        new(e.Code, e.Reason, e.Message, e.Fields, e.RetryAfter, e.TraceId);

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
            json["fields"] = new JsonArray(
                [.. Fields.Select(f => (JsonNode)new JsonObject { ["field"] = f.Field, ["rule"] = f.Rule })]);
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
