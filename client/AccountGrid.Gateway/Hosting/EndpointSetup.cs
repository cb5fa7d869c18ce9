using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Requests;
using AccountGrid.Grains;
using AccountGrid.JsonContract;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Metadata;

namespace AccountGrid.Gateway.Hosting;

/// <summary>Puts the gate before every endpoint, once, when the endpoint is made.</summary>
internal static class EndpointSetup
{
    /// <summary>For the endpoints of a gRPC service, transcoded ones included.</summary>
    public static void WithGate(this GrpcServiceEndpointConventionBuilder endpoints, GatewayLimitOptions limits) =>
        endpoints.Finally(builder =>
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
                // gRPC limits each message itself and answers with an error; the server's limit would abort the read.
                builder.Metadata.Add(BodyLimit.None);
            }

            var contract = transcoding is null ? null : new RequestContract(transcoding, limits.MaxBodyBytes, Refuse);
            Apply(builder, service, name, limits, contract);
        });

    /// <summary>For an endpoint of our own, which does over HTTP what a method does over gRPC.</summary>
    public static void WithGate(this IEndpointConventionBuilder endpoint, string method, GatewayLimitOptions limits) =>
        endpoint.Finally(builder =>
        {
            builder.Metadata.Add(BodyLimit.None);
            Apply(builder, $"accountgrid.v1.{method[..method.IndexOf('.')]}", method, limits, contract: null);
        });

    private static void Refuse(HttpContext context, ContractFault fault) => RequestState.Of(context).Refuse(
        fault.IsTooLarge ? ApiError.TooLarge(fault.Violations[0])
        : fault.IsWrongEncoding ? ApiError.WrongEncoding(fault.Violations[0])
        : ApiError.Invalid(fault.Violations));

    private static void Apply(
        EndpointBuilder builder, string service, string method, GatewayLimitOptions limits, RequestContract? contract)
    {
        var isGrpc = builder.Metadata.OfType<GrpcMethodMetadata>().Any() && contract is null;

        var policy = MethodPolicies.Of(method);
        TimeSpan? limit = policy.Time switch
        {
            TimeLimit.Unary => limits.RequestTimeout,
            TimeLimit.Long => limits.LongRequestTimeout,
            _ => null,
        };
        var meter = new MethodMeter(method, isGrpc, isStream: limit is null);
        var route = isGrpc ? null : (builder as RouteEndpointBuilder)?.RoutePattern.RawText ?? "";
        var sampler = builder.ApplicationServices.GetService<IRequestSampler>();
        var span = new RequestSpan(service, method[(method.IndexOf('.') + 1)..], policy, route, sampler);
        var gate = new MethodGate(
            policy, limit, meter, span, contract, builder.RequestDelegate!, builder.ApplicationServices);
        builder.Metadata.Add(gate);
        builder.RequestDelegate = gate.InvokeAsync;
    }

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public static readonly BodyLimit None = new();

        public long? MaxRequestBodySize => null;
    }
}
