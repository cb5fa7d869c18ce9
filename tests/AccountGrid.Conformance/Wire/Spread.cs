using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccountGrid.Conformance.Wire;

/// <summary>Takes the next of several in turn. Thread-safe.</summary>
/// <param name="All">At least one.</param>
internal sealed record Turns<T>(IReadOnlyList<T> All)
{
    private uint _next;

    /// <summary>Whose turn it is.</summary>
    public T Next() => All[(int)(Interlocked.Increment(ref _next) % All.Count)];
}

/// <summary>Sends every request to the next gateway.</summary>
internal sealed class SpreadHandler(Turns<Uri> gateways, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(gateways.Next(), request.RequestUri!.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>Sends every call to the next gateway.</summary>
internal sealed class SpreadInvoker(Turns<CallInvoker> gateways) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        gateways.Next().BlockingUnaryCall(method, host, options, request);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            gateways.Next().AsyncUnaryCall(method, host, options, request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            gateways.Next().AsyncServerStreamingCall(method, host, options, request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            gateways.Next().AsyncClientStreamingCall(method, host, options);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            gateways.Next().AsyncDuplexStreamingCall(method, host, options);
}

/// <summary>Holds every gRPC answer, good or bad, to the promise that it names its trace.</summary>
internal sealed class TracedInvoker : Interceptor
{
    /// <summary>The header.</summary>
    public const string TraceId = "trace-id";

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(
            CheckedAsync(call.ResponseAsync, call.ResponseHeadersAsync), call.ResponseHeadersAsync, call.GetStatus,
            call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(context);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.RequestStream, CheckedAsync(call.ResponseAsync, call.ResponseHeadersAsync), call.ResponseHeadersAsync,
            call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private static async Task<T> CheckedAsync<T>(Task<T> answer, Task<Metadata> headers)
    {
        await Task.WhenAny(answer);
        Assert.Matches("^[0-9a-f]{32}$", (await headers).GetValue(TraceId) ?? "");
        return await answer;
    }
}
