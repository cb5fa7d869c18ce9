using AccountGrid.Gateway.Hosting;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccountGrid.Gateway.Errors;

/// <summary>Turns whatever a service method throws into the one shape, for gRPC and transcoded calls alike.</summary>
internal sealed partial class ErrorInterceptor(TimeProvider clock, ILogger<ErrorInterceptor> logger) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception)
        {
            throw Translate(context, exception);
        }
    }

    /// <inheritdoc/>
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(context, exception);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(context, exception);
        }
    }

    private RpcException Translate(ServerCallContext call, Exception exception)
    {
        var error = ToError(call, exception);

        var guard = AnswerGuard.Of(call.GetHttpContext());
        guard.Reason = error.Kind.Reason;
        if (guard.IsGrpc)
        {
            return error.ToRpcException();
        }

        // On HTTP the middleware writes the body, so that there is one writer and its status is that of the table.
        guard.Pending = error;
        return new RpcException(new Status(error.Kind.Code, error.Message));
    }

    private ApiError ToError(ServerCallContext call, Exception exception)
    {
        switch (exception)
        {
            case OperationCanceledException when call.CancellationToken.IsCancellationRequested:
                return TimedOut(call) ? ErrorMap.FromHttpStatus(504) : ErrorMap.FromStatus(StatusCode.Cancelled);
            case RpcException rpc:
                // Thrown by the framework's own readers while a stream is read.
                return ErrorMap.FromStatus(rpc.StatusCode);
            default:
                var error = ExceptionMap.Of(exception);
                if (error == ApiError.Failure)
                {
                    LogFailed(logger, exception, call.Method);
                }

                return error;
        }
    }

    private bool TimedOut(ServerCallContext call) =>
        RequestDeadline.HasPassed(call.GetHttpContext()) || call.Deadline <= clock.GetUtcNow().UtcDateTime;

    [LoggerMessage(1, LogLevel.Error, "{Method} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method);
}
