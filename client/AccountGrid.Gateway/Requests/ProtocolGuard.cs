using AccountGrid.Gateway.Errors;
using AccountGrid.JsonContract;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// On connections without TLS, gRPC is answered on the HTTP/2 port only and JSON on the HTTP/1.1 port only, so that a
/// firewall decides by port what may be reached. With TLS both may share a port, and nothing is refused here.
/// </summary>
internal static class ProtocolGuard
{
    /// <summary>Refuses a request on the other protocol's port.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var state = RequestState.Of(context);
        if (context.Request.IsHttps || HttpProtocol.IsHttp2(context.Request.Protocol) == state.IsGrpc)
        {
            return next(context);
        }

        state.Refuse(state.IsGrpc
            ? ErrorMap.FromHttpStatus(StatusCodes.Status426UpgradeRequired)
            : ApiError.Invalid(new FieldViolation(
                "content-type", "must be application/grpc on this port; JSON is served on the HTTP port")));
        return Task.CompletedTask;
    }
}
