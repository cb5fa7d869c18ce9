using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Contract;
using AccountGrid.Grains;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Metadata;

namespace AccountGrid.Gateway.Hosting;

/// <summary>Puts the gate before every endpoint, once, when the endpoint is made.</summary>
internal static class EndpointSetup
{
    /// <summary>For the endpoints of a gRPC service, transcoded ones included.</summary>
    public static void WithGate(this GrpcServiceEndpointConventionBuilder endpoints, GatewayLimitOptions limits) => endpoints.Finally(builder =>
    {
        if (builder.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault() is not { } method)
        {
            return;
        }

        var service = method.Method.ServiceName;
        var name = $"{service[(service.LastIndexOf('.') + 1)..]}.{method.Method.Name}";
        var transcoding = builder.Metadata.OfType<GrpcJsonTranscodingMetadata>().FirstOrDefault();
        if (transcoding is null)
        {
            // gRPC bounds each message itself, before it reads it, and says so properly; the server's limit would come first, as a broken read.
            builder.Metadata.Add(BodyLimit.None);
        }

        Apply(builder, service, name, limits, isGrpc: transcoding is null, transcoding is null ? null : new RequestContract(transcoding, limits.MaxBodyBytes));
    });

    /// <summary>For an endpoint of our own, which does over HTTP what a method does over gRPC.</summary>
    public static void WithGate(this IEndpointConventionBuilder endpoint, string method, GatewayLimitOptions limits) => endpoint.Finally(builder =>
    {
        builder.Metadata.Add(BodyLimit.None);
        Apply(builder, $"accountgrid.v1.{method[..method.IndexOf('.')]}", method, limits, isGrpc: false, contract: null);
    });

    private static void Apply(EndpointBuilder builder, string service, string method, GatewayLimitOptions limits, bool isGrpc, RequestContract? contract)
    {
        var policy = MethodPolicies.Of(method);
        TimeSpan? limit = policy.Time switch
        {
            TimeLimit.Unary => limits.RequestTimeout,
            TimeLimit.Long => limits.LongRequestTimeout,
            _ => null,
        };
        var meter = new MethodMeter(method, isGrpc, isStream: limit is null);
        var span = new RequestSpan(service, method[(method.IndexOf('.') + 1)..], policy, isGrpc ? null : (builder as RouteEndpointBuilder)?.RoutePattern.RawText ?? "",
            builder.ApplicationServices.GetService<IRequestSampler>());
        var gate = new MethodGate(policy, limit, meter, span, contract, builder.RequestDelegate!, builder.ApplicationServices);
        builder.Metadata.Add(gate);
        builder.RequestDelegate = gate.InvokeAsync;
    }

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public static readonly BodyLimit None = new();

        public long? MaxRequestBodySize => null;
    }
}
