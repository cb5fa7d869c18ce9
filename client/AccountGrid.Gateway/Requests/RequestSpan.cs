using System.Diagnostics;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// Makes the spans of the requests to one method, by OpenTelemetry's semantic conventions, with the same name over both
/// protocols. A span takes the place of the server's own activity, which is not recorded: a child of the caller's span,
/// or a root. Made once for each endpoint; thread-safe.
/// </summary>
internal sealed class RequestSpan
{
    private static readonly ActivitySource Source = new(TraceNames.GatewaySource);

    private static readonly string[] Failures =
    [
        ErrorMap.Internal.Reason, ErrorMap.Unimplemented.Reason, ErrorMap.DeadlineExceeded.Reason,
        ErrorMap.Of(Domain.RefusalReason.StorageUnavailable).Reason,
    ];

    private readonly string _name;
    private readonly string _kind;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly IRequestSampler? _sampler;
    private readonly bool _isStream;

    /// <summary>The span of a method.</summary>
    /// <param name="service">Such as <c>accountgrid.v1.AccountService</c>.</param>
    /// <param name="method">Such as <c>GetAccount</c>.</param>
    /// <param name="policy">
    /// Its kind decides whether it is recorded. A stream never is, because it may never end.
    /// </param>
    /// <param name="route">The route over HTTP; <c>null</c> over gRPC.</param>
    /// <param name="sampler">Decides which requests are recorded; <c>null</c> = the listeners' own samplers do.</param>
    public RequestSpan(string service, string method, MethodPolicy policy, string? route, IRequestSampler? sampler)
    {
        _name = $"{service}/{method}";
        _kind = policy.Kind switch
        {
            RequestKind.Command => TraceNames.CommandRequest,
            RequestKind.Follow => TraceNames.FollowRequest,
            _ => TraceNames.ReadRequest,
        };
        _sampler = sampler;
        _isStream = policy.Time == TimeLimit.Stream;

        // The kind comes first, because the sampler looks at the first tag only.
        _tags = [
            new(TraceNames.RequestKind, _kind), new("rpc.service", service), new("rpc.method", method),
            route is null ? new("rpc.system", "grpc") : new("http.route", route),
        ];
    }

    /// <summary>
    /// Begins the span of a request, from when the server began with it; <c>null</c> where it is not recorded.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="state">Its state.</param>
    /// <param name="caller">Its caller.</param>
    public Activity? Start(HttpContext context, RequestState state, CallerIdentity caller)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // The outermost middleware starts one where the server did not.
        var server = Activity.Current!;
        if (_isStream || _sampler?.ShouldRecord(_kind, caller.IsStaff, server.Recorded) == false)
        {
            return Leave(server);
        }

        var hasCaller = server.ParentSpanId != default;
        var parent = hasCaller
            ? new ActivityContext(
                server.TraceId, server.ParentSpanId, server.ActivityTraceFlags, server.TraceStateString, isRemote: true)
            : default;
        if (!hasCaller)
        {
            // Otherwise it would be a child of the server's activity, and the trace would have no root.
            Activity.Current = null;
        }

        var span = Source.StartActivity(_name, ActivityKind.Server, parent, _tags, links: null, server.StartTimeUtc);
        if (span is null)
        {
            Activity.Current = server;
            return Leave(server);
        }

        if (span.IsAllDataRequested)
        {
            span.SetTag(TraceNames.Actor, caller.Subject)
                .SetTag(TraceNames.ActorKind, caller.IsStaff ? TraceNames.Person : "service");
            if (!state.IsGrpc)
            {
                span.SetTag("http.request.method", context.Request.Method);
            }
        }

        return span;
    }

    /// <summary>Ends the span of a request. A refusal is no error; an unknown outcome is one.</summary>
    /// <param name="span">The span.</param>
    /// <param name="context">The request.</param>
    /// <param name="state">Its state, with the reason of its error.</param>
    public static void End(Activity span, HttpContext context, RequestState state)
    {
        if (span.IsAllDataRequested)
        {
            _ = state.IsGrpc
                ? span.SetTag("rpc.grpc.status_code", GrpcStatusOf(state.Reason))
                : span.SetTag("http.response.status_code", context.Response.StatusCode);
            if (state.Reason is { } reason)
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

    /// <summary>
    /// Records nothing, and keeps the layers below from it, also where the caller records its own part.
    /// </summary>
    private static Activity? Leave(Activity server)
    {
        server.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        return null;
    }

    private static int GrpcStatusOf(string? reason) => reason is null ? 0 : (int)ErrorMap.CodeOf(reason);
}
