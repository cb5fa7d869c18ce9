using System.Diagnostics;
using System.Globalization;
using AccountGrid.Gateway.Hosting;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Errors;

/// <summary>
/// Outermost: makes every error that leaves through the pipeline the same shape, whichever part made it, gives every answer its trace id and counts it.
/// </summary>
internal sealed partial class UniformErrorMiddleware(RequestDelegate next, TimeProvider clock, ILogger<UniformErrorMiddleware> logger)
{
    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // The server starts one for every request that anybody traces or logs; without it journals could not name the trace that the answer shows.
        using var own = Activity.Current is null ? StartOwn(context.Request) : null;
        var start = clock.GetTimestamp();
        var inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var guard = new AnswerGuard(context, inner, ErrorAnswer.IsGrpc(context.Request));
        context.Features.Set<IHttpResponseBodyFeature>(guard);
        try
        {
            ApiError? error = null;
            try
            {
                await next(context);
            }
            catch (Exception exception) when (!context.Response.HasStarted)
            {
                error = FromException(context, exception);
            }

            if (!context.Response.HasStarted && !guard.IsWritten && (error ?? guard.Pending ?? FromAnswer(context.Response, guard.IsGrpc)) is { } answer)
            {
                await ErrorAnswer.WriteAsync(context, answer);
            }
        }
        catch (Exception exception)
        {
            // The answer had begun: the server breaks the connection off, which is all that can still be said.
            guard.Reason ??= (exception is OperationCanceledException ? ErrorMap.Cancelled : ErrorMap.Internal).Reason;
            throw;
        }
        finally
        {
            context.Features.Set(inner);
            guard.Deadline?.Dispose();
            if (guard.Span is { } span)
            {
                RequestSpan.End(span, context, guard);
            }

            (guard.Meter ?? MethodMeter.Other(guard.IsGrpc)).Observe(clock.GetElapsedTime(start), guard.Reason, guard.Span);
        }
    }

    private static Activity StartOwn(HttpRequest request)
    {
        var own = new Activity("request");
        if (request.Headers.TraceParent.ToString() is { Length: > 0 } caller && ActivityContext.TryParse(caller, null, isRemote: true, out _))
        {
            own.SetParentId(caller);
        }

        return own.Start();
    }

    private static ApiError? FromAnswer(HttpResponse response, bool isGrpc)
    {
        if (!isGrpc)
        {
            return response.StatusCode < 400 ? null : ErrorMap.FromHttpStatus(response.StatusCode);
        }

        // A refusal that the gRPC framework made before any interceptor ran has a status and no details.
        if (!response.Headers.TryGetValue("grpc-status", out var status))
        {
            return response.StatusCode == 200 ? null : ErrorMap.FromHttpStatus(response.StatusCode);
        }

        return status == "0" || response.Headers.ContainsKey("grpc-status-details-bin") || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? null
            : ErrorMap.FromStatus((StatusCode)code);
    }

    private ApiError FromException(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return ErrorMap.FromHttpStatus(bad.StatusCode);
            case OperationCanceledException when RequestDeadline.HasPassed(context):
                return ErrorMap.FromHttpStatus(504);
            case OperationCanceledException:
                return new ApiError(ErrorMap.Cancelled, "The caller went away.");
            default:
                var error = ExceptionMap.Of(exception);
                if (error == ApiError.Failure)
                {
                    LogFailed(logger, exception, context.GetEndpoint()?.DisplayName ?? "no endpoint");
                }

                return error;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A request to {Endpoint} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string endpoint);
}
