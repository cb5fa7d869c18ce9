using AccountGrid.Gateway.Errors;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// On plain connections HTTP/2 is the gRPC port and HTTP/1.1 the JSON port, and each answers its own protocol only: what may be reached where is then decided by
/// which port is open. With TLS both versions may share a port and nothing is refused here.
/// </summary>
internal static class ProtocolGuard
{
    /// <summary>Answers what came to the wrong port.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.IsHttps || HttpProtocol.IsHttp2(request.Protocol) == ErrorAnswer.IsGrpc(request))
        {
            return next(context);
        }

        return ErrorAnswer.WriteAsync(context, ErrorAnswer.IsGrpc(request)
            ? ErrorMap.FromHttpStatus(StatusCodes.Status426UpgradeRequired)
            : ApiError.Invalid(new FieldViolation("content-type", "must be application/grpc on this port; JSON is served on the HTTP port")));
    }
}
