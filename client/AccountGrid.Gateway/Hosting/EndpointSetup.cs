using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Contract;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace AccountGrid.Gateway.Hosting;

/// <summary>Puts the gate before every endpoint and its policy into the endpoint's metadata, once, when the endpoint is made.</summary>
internal static class EndpointSetup
{
    /// <summary>The timeout policy of methods that work for long.</summary>
    public const string LongTimeout = "long";

    /// <summary>For the endpoints of a gRPC service, transcoded ones included.</summary>
    public static void WithGate(this GrpcServiceEndpointConventionBuilder endpoints, GatewayLimitOptions limits) => endpoints.Finally(builder =>
    {
        if (builder.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault() is not { } method)
        {
            return;
        }

        var name = method.Method.ServiceName;
        var policy = MethodPolicies.Of($"{name[(name.LastIndexOf('.') + 1)..]}.{method.Method.Name}");
        var transcoding = builder.Metadata.OfType<GrpcJsonTranscodingMetadata>().FirstOrDefault();
        if (transcoding is null)
        {
            // gRPC bounds each message itself, before it reads it, and says so properly; the server's limit would come first, as a broken read.
            builder.Metadata.Add(BodyLimit.None);
        }

        Apply(builder, policy, transcoding is null ? null : new RequestContract(transcoding, limits.MaxBodyBytes));
    });

    /// <summary>For an endpoint of our own.</summary>
    public static void WithGate(this IEndpointConventionBuilder endpoint, MethodPolicy policy) => endpoint.Finally(builder =>
    {
        builder.Metadata.Add(BodyLimit.None);
        Apply(builder, policy, contract: null);
    });

    private static void Apply(EndpointBuilder builder, MethodPolicy policy, RequestContract? contract)
    {
        if (policy.IsHealing)
        {
            builder.Metadata.Add(new DisableRateLimitingAttribute());
        }

        if (policy.Time == TimeLimit.Stream)
        {
            builder.Metadata.Add(new DisableRequestTimeoutAttribute());
        }
        else if (policy.Time == TimeLimit.Long)
        {
            builder.Metadata.Add(new RequestTimeoutAttribute(LongTimeout));
        }

        builder.RequestDelegate = new MethodGate(policy, contract, builder.RequestDelegate!).InvokeAsync;
    }

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public static readonly BodyLimit None = new();

        public long? MaxRequestBodySize => null;
    }
}
