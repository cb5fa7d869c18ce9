using System.Diagnostics;
using AccountGrid.Gateway.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// What the layers of one request tell each other. Made by <see cref="RequestMiddleware"/>; one object, because every
/// read makes one. Used by one thread at a time.
/// </summary>
internal sealed class RequestState
{
    private readonly HttpResponse _response;
    private string _traceId;

    /// <summary>Begins a request, whose activity is the current one. Every answer carries its trace id.</summary>
    public RequestState(HttpContext context)
    {
        var type = context.Request.ContentType;
        IsGrpc = type is not null && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
        _response = context.Response;
        _traceId = Activity.Current!.TraceId.ToHexString();

        // At the last moment, because the span's trace may be another one.
        _response.OnStarting(static state => ((RequestState)state).SetHeaders(), this);
    }

    /// <summary>Whether the caller speaks gRPC.</summary>
    public bool IsGrpc { get; }

    /// <summary>The method's meter; <c>null</c> for an endpoint without a gate.</summary>
    public MethodMeter? Meter { get; set; }

    /// <summary>The request's span, whose trace the answer then names; <c>null</c> where it is not recorded.</summary>
    public Activity? Span
    {
        get;
        set
        {
            field = value;
            _traceId = value?.TraceId.ToHexString() ?? _traceId;
        }
    }

    /// <summary>The request's time limit; <c>null</c> where it has none.</summary>
    public RequestDeadline? Deadline { get; set; }

    /// <summary>The error to answer with; <see cref="RequestMiddleware"/> alone writes it.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>The reason of the error, also where gRPC's framework writes it; <c>null</c> for none.</summary>
    public string? Reason { get; set; }

    /// <summary>The state of a request.</summary>
    public static RequestState Of(HttpContext context) => context.Features.GetRequiredFeature<RequestState>();

    /// <summary>Records the error to answer with; without effect once the answer has begun.</summary>
    public void Refuse(ApiError error)
    {
        if (!_response.HasStarted)
        {
            Error = error;
            Reason = error.Kind.Reason;
        }
    }

    private Task SetHeaders()
    {
        var headers = _response.Headers;
        headers["trace-id"] = _traceId;
        if (!IsGrpc)
        {
            // Browsers and proxies keep no answer, because most hold data of accounts, and take none for a page.
            headers.XContentTypeOptions = "nosniff";
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";
            }
        }

        return Task.CompletedTask;
    }
}
