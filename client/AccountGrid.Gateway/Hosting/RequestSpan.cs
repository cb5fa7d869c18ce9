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
    private readonly string _kind;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly IRequestSampler? _sampler;
    private readonly bool _isStream;

    /// <summary>The span of a method.</summary>
    /// <param name="service">Such as <c>accountgrid.v1.AccountService</c>.</param>
    /// <param name="method">Such as <c>GetAccount</c>.</param>
    /// <param name="policy">What it does, which decides whether it is recorded. A stream never is: it has no end to wait for, and thousands of parts.</param>
    /// <param name="route">The address of HTTP; <c>null</c> over gRPC.</param>
    /// <param name="sampler">Decides which requests are recorded; <c>null</c> = whoever listens.</param>
    public RequestSpan(string service, string method, MethodPolicy policy, string? route, IRequestSampler? sampler)
    {
        _name = $"{service}/{method}";
        _kind = policy.Kind switch { RequestKind.Command => TraceNames.CommandRequest, RequestKind.Follow => TraceNames.FollowRequest, _ => TraceNames.ReadRequest };
        _sampler = sampler;
        _isStream = policy.Time == TimeLimit.Stream;

        // The kind is first: whoever decides what is recorded looks there.
        _tags = [
            new(TraceNames.RequestKind, _kind), new("rpc.service", service), new("rpc.method", method),
            route is null ? new("rpc.system", "grpc") : new("http.route", route),
        ];
    }

    /// <summary>Begins the span of a request, from when the server began with it; <c>null</c> where nobody wants it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who sent it.</param>
    public Activity? Start(HttpContext context, CallerIdentity caller)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // The middleware that is outermost sees to it that there is one.
        var server = Activity.Current!;
        if (_isStream || _sampler?.Wants(_kind, caller.IsStaff, server.Recorded) == false)
        {
            return Leave(server);
        }

        var hasCaller = server.ParentSpanId != default;
        var above = hasCaller ? new ActivityContext(server.TraceId, server.ParentSpanId, server.ActivityTraceFlags, server.TraceStateString, isRemote: true) : default;
        if (!hasCaller)
        {
            // Otherwise it would be below the server's activity, and the trace without a root.
            Activity.Current = null;
        }

        if (Source.StartActivity(_name, ActivityKind.Server, above, _tags, links: null, server.StartTimeUtc) is not { } span)
        {
            Activity.Current = server;
            return Leave(server);
        }

        if (span.IsAllDataRequested)
        {
            span.SetTag(TraceNames.Actor, caller.Subject).SetTag(TraceNames.ActorKind, caller.IsStaff ? TraceNames.Person : "service");
            if (!AnswerGuard.Of(context).IsGrpc)
            {
                span.SetTag("http.request.method", context.Request.Method);
            }
        }

        return span;
    }

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

    /// <summary>Records nothing: whatever is below must not begin to, also where the caller records its own part.</summary>
    private static Activity? Leave(Activity server)
    {
        server.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        return null;
    }

    private static int GrpcStatusOf(string? reason) => reason is null ? 0 : (int)ErrorMap.CodeOf(reason);
}
