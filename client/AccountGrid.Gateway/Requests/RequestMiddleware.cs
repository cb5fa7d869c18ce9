using System.Diagnostics;
using System.Globalization;
using AccountGrid.Gateway.Errors;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// The outermost layer: begins the state of a request, writes its error in the one shape, whichever layer found it,
/// ends its span and counts it.
/// </summary>
internal sealed class RequestMiddleware(RequestDelegate next, TimeProvider clock, ILogger<RequestMiddleware> logger)
{
    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // The server starts an activity only where requests are traced or logged; the journal and the answer need one
        // always.
        using var own = Activity.Current is null ? StartActivity(context.Request) : null;
        var start = clock.GetTimestamp();
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var state = new RequestState(context);
        context.Features.Set(state);
        if (!state.IsGrpc)
        {
            context.Features.Set<IHttpResponseBodyFeature>(new ErrorBodyFilter(context.Response, body));
        }

        try
        {
            try
            {
                await next(context);
            }
            catch (Exception exception) when (!context.Response.HasStarted)
            {
                state.Refuse(ErrorOf(context, exception));
            }

            context.Features.Set(body);
            if (!context.Response.HasStarted && (state.Error ?? ErrorOf(context.Response, state.IsGrpc)) is { } error)
            {
                state.Refuse(error);
                await ErrorWriter.WriteAsync(context, error, state.IsGrpc);
            }
        }
        catch (Exception exception)
        {
            // The answer had begun: the server aborts the connection.
            state.Reason ??= (exception is OperationCanceledException ? ErrorMap.Cancelled : ErrorMap.Internal).Reason;
            throw;
        }
        finally
        {
            context.Features.Set(body);
            state.Deadline?.Dispose();
            if (state.Span is { } span)
            {
                RequestSpan.End(span, context, state);
            }

            (state.Meter ?? MethodMeter.Other(state.IsGrpc)).Observe(
                clock.GetElapsedTime(start), state.Reason, state.Span);
        }
    }

    private static Activity StartActivity(HttpRequest request)
    {
        var own = new Activity("request");
        if (request.Headers.TraceParent.ToString() is { Length: > 0 } caller
            && ActivityContext.TryParse(caller, null, isRemote: true, out _))
        {
            own.SetParentId(caller);
        }

        return own.Start();
    }

    /// <summary>
    /// The error that the framework answers with, by the status that it set; <c>null</c> for none, or one of ours.
    /// </summary>
    private static ApiError? ErrorOf(HttpResponse response, bool isGrpc)
    {
        if (!isGrpc)
        {
            return response.StatusCode < 400 ? null : ErrorMap.FromHttpStatus(response.StatusCode);
        }

        if (!response.Headers.TryGetValue("grpc-status", out var status))
        {
            return response.StatusCode == 200 ? null : ErrorMap.FromHttpStatus(response.StatusCode);
        }

        // A refusal that the gRPC framework made before any interceptor ran has a status and no details.
        return status == "0" || response.Headers.ContainsKey("grpc-status-details-bin")
            || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                ? null
                : ErrorMap.FromStatus((StatusCode)code);
    }

    private ApiError ErrorOf(HttpContext context, Exception exception) => exception switch
    {
        BadHttpRequestException bad => ErrorMap.FromHttpStatus(bad.StatusCode),

        // Kestrel's reader of chunks throws this for a size that overflows, and the one above for other bad sizes.
        IOException { InnerException: OverflowException } => ErrorMap.FromHttpStatus(StatusCodes.Status400BadRequest),
        OperationCanceledException => RequestDeadline.HasPassed(context)
            ? ErrorMap.FromHttpStatus(StatusCodes.Status504GatewayTimeout)
            : ErrorMap.FromStatus(StatusCode.Cancelled),
        _ => ExceptionMap.Of(exception, logger, context.GetEndpoint()?.DisplayName ?? "A request without an endpoint"),
    };
}
