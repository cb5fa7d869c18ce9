using System.Diagnostics;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// The span of every request to one method, by OpenTelemetry's semantic conventions, named alike over both protocols. It stands where the server's own activity would, which
/// nobody records: below the caller's span, or a root. Made once per endpoint; thread-safe.
/// </summary>
internal sealed class RequestSpan
{
    private static readonly ActivitySource Source = new(TraceNames.GatewaySource);
    private static readonly string[] Failures =
        [ErrorMap.Internal.Reason, ErrorMap.Unimplemented.Reason, ErrorMap.DeadlineExceeded.Reason, ErrorMap.Of(Domain.RefusalReason.StorageUnavailable).Reason];

    private readonly string _name;
    private readonly KeyValuePair<string, object?>[] _tags;

    /// <summary>The span of a method.</summary>
    /// <param name="service">Such as <c>accountgrid.v1.AccountService</c>.</param>
    /// <param name="method">Such as <c>GetAccount</c>.</param>
    /// <param name="kind">What it does, which decides whether it is recorded.</param>
    /// <param name="isGrpc">The protocol: gRPC or HTTP.</param>
    /// <param name="route">The address of HTTP.</param>
    public RequestSpan(string service, string method, RequestKind kind, bool isGrpc, string? route)
    {
        _name = $"{service}/{method}";
        var what = kind switch { RequestKind.Command => TraceNames.CommandRequest, RequestKind.Follow => TraceNames.FollowRequest, _ => TraceNames.ReadRequest };

        // The kind is first: whoever decides what is recorded looks there.
        _tags = [
            new(TraceNames.RequestKind, what), new("rpc.service", service), new("rpc.method", method),
            .. isGrpc ? [new("rpc.system", "grpc")] : (KeyValuePair<string, object?>[])[new("http.route", route)],
        ];
    }

    /// <summary>Begins the span of a request; <c>null</c> where nobody wants it.</summary>
    public Activity? Start(HttpContext context)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var server = Activity.Current;
        var hasCaller = server is not null && server.ParentSpanId != default;
        var caller = hasCaller ? new ActivityContext(server!.TraceId, server.ParentSpanId, server.ActivityTraceFlags, server.TraceStateString, isRemote: true) : default;
        if (!hasCaller)
        {
            // Otherwise it would be below the server's activity, and the trace without a root.
            Activity.Current = null;
        }

        if (Source.StartActivity(_name, ActivityKind.Server, caller, _tags) is not { } span)
        {
            Activity.Current = server;
            if (server is { Recorded: true })
            {
                // The caller records it and we do not: nothing below this may begin to.
                server.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }

            return null;
        }

        if (span.IsAllDataRequested && !AnswerGuard.Of(context).IsGrpc)
        {
            span.SetTag("http.request.method", context.Request.Method);
        }

        return span;
    }

    /// <summary>Says who calls.</summary>
    public static void Calls(Activity span, CallerIdentity caller) => span
        .SetTag(TraceNames.Actor, caller.Subject)
        .SetTag(TraceNames.ActorKind, caller.IsStaff ? TraceNames.Person : "service");

    /// <summary>Ends the span of a request. A refusal is an answer and no error; what leaves the outcome unknown is one.</summary>
    /// <param name="span">Which.</param>
    /// <param name="context">The request.</param>
    /// <param name="guard">What was answered.</param>
    public static void End(Activity span, HttpContext context, AnswerGuard guard)
    {
        if (span.IsAllDataRequested)
        {
            _ = guard.IsGrpc ? span.SetTag("rpc.grpc.status_code", GrpcStatusOf(guard.Reason)) : span.SetTag("http.response.status_code", context.Response.StatusCode);
            if (guard.Reason is { } reason)
            {
                var isFailure = Failures.Contains(reason, StringComparer.Ordinal);
                span.SetTag(isFailure ? "error.type" : TraceNames.Refusal, reason);
                if (isFailure)
                {
                    span.SetStatus(ActivityStatusCode.Error, reason);
                }
            }
        }

        span.Dispose();
    }

    private static int GrpcStatusOf(string? reason) => reason is null ? 0 : (int)ErrorMap.CodeOf(reason);
}
