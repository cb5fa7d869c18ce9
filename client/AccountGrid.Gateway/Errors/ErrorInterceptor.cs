using AccountGrid.Gateway.Requests;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccountGrid.Gateway.Errors;

/// <summary>Maps what a service method throws to an error, for gRPC and for transcoded calls.</summary>
internal sealed class ErrorInterceptor(TimeProvider clock, ILogger<ErrorInterceptor> logger) : Interceptor
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
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
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
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
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
        var error = ErrorOf(call, exception);
        var state = RequestState.Of(call.GetHttpContext());
        if (state.IsGrpc)
        {
            state.Reason = error.Kind.Reason;
            return error.ToRpcException();
        }

        // The exception ends transcoding; the error itself is written by the middleware.
        state.Refuse(error);
        return new RpcException(new Status(error.Kind.Code, error.Message));
    }

    private ApiError ErrorOf(ServerCallContext call, Exception exception) => exception switch
    {
        OperationCanceledException when call.CancellationToken.IsCancellationRequested => HasTimedOut(call)
            ? ErrorMap.FromHttpStatus(StatusCodes.Status504GatewayTimeout)
            : ErrorMap.FromStatus(StatusCode.Cancelled),

        // Thrown by the framework's own readers while a stream is read.
        RpcException rpc => ErrorMap.FromStatus(rpc.StatusCode),
        _ => ExceptionMap.Of(exception, logger, call.Method),
    };

    private bool HasTimedOut(ServerCallContext call) =>
        RequestDeadline.HasPassed(call.GetHttpContext()) || call.Deadline <= clock.GetUtcNow().UtcDateTime;
}
