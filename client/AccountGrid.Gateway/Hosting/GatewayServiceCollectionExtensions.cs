using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Hosting;
using AccountGrid.Gateway.Http;
using AccountGrid.Gateway.OpenApi;
using AccountGrid.Gateway.Services;
using AccountGrid.Grains;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway;

/// <summary>Adds the gateway to a host.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds gRPC, JSON transcoding, tokens, limits and metrics. The host gives an <see cref="IGrainFactory"/> (a co-hosted silo or a cluster client), listens
    /// (plain HTTP/1.1 on one port, HTTP/2 on another) and calls <see cref="GatewayApplicationExtensions.MapAccountGridGateway"/>. Every other endpoint of
    /// the host needs a verified token unless it allows anonymous access.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Fills in the options; checked when the host starts.</param>
    public static IServiceCollection AddAccountGridGateway(this IServiceCollection services, Action<GatewayOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<GatewayOptions>().Configure(configure).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        AddServices(services);
        AddProtocols(services);
        AddAuthentication(services);
        AddLimits(services);

        // Before everything else that starts: what is measured before it listens is lost.
        services.Insert(0, Microsoft.Extensions.DependencyInjection.ServiceDescriptor.Singleton<IHostedService, MetricsBridge>());
        return services;
    }

    private static void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton<AccountGrains>();
        services.AddSingleton<GrainCalls>();
        services.AddSingleton<Admission>();
        services.AddSingleton<FirstUse>();
        services.AddSingleton<StreamSlots>();
        services.AddSingleton<FollowIngests>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton<UndoRun>();
        services.AddSingleton<IngestEndpoint>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<OpenApiPage>();

        // Stateless, hence one of each: otherwise every call would make its own.
        services.AddSingleton<AccountServiceV1>();
        services.AddSingleton<FollowerServiceV1>();
        services.AddSingleton<ProposalServiceV1>();
        services.AddSingleton<OperatorServiceV1>();
        services.AddSingleton<AuditServiceV1>();
        services.AddSingleton<EventServiceV1>();
        services.AddSingleton<TraceServiceV1>();
    }

    private static void AddProtocols(IServiceCollection services)
    {
        services.AddSingleton<ErrorInterceptor>();
        services.AddGrpc(static options =>
        {
            options.EnableDetailedErrors = false;
            options.Interceptors.Add<ErrorInterceptor>();
        }).AddJsonTranscoding();
        services.AddOptions<GrpcJsonTranscodingOptions>().Configure(static options =>
        {
            options.JsonSettings.WriteInt64sAsStrings = true;
            options.JsonSettings.IgnoreDefaultValues = false;
            options.TypeRegistry = TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor);
        });
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<GatewayOptions>>(
            static (grpc, gateway) => grpc.MaxReceiveMessageSize = gateway.Value.Limits.MaxBodyBytes);
        services.AddOptions<GrpcServiceOptions<FollowerServiceV1>>().Configure<IOptions<GatewayOptions>>(
            static (grpc, gateway) => grpc.MaxReceiveMessageSize = gateway.Value.Limits.MaxStreamMessageBytes);
        services.AddGrpcReflection();

        // All checks of the host stand behind gRPC's health; this one makes a host without any of its own answer "serving" rather than "unknown".
        services.AddGrpcHealthChecks().AddCheck("gateway", static () => HealthCheckResult.Healthy());
    }

    private static void AddAuthentication(IServiceCollection services)
    {
        services.AddSingleton<ValidatedTokens>();
        services.AddSingleton<Callers>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerSetup>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        RemoveDataProtectionAtStart(services);

        // Made when the host starts and not by the first request: a key that cannot be read must stop it, and a development key be there for minting.
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).ValidateOnStart();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddHostedService<LoopbackGuard>();
    }

    /// <summary>
    /// Authentication brings data protection, for cookies. Nothing here protects data, but at the start it would write a key into the home
    /// directory and warn that the key is not encrypted, and in a container that it will be lost.
    /// </summary>
    private static void RemoveDataProtectionAtStart(IServiceCollection services)
    {
        var assembly = typeof(KeyManagementOptions).Assembly;
        foreach (var service in services
            .Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Assembly == assembly).ToArray())
        {
            services.Remove(service);
        }
    }

    private static void AddLimits(IServiceCollection services)
    {
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayOptions>>(static (kestrel, gateway) => KestrelLimits.Apply(kestrel, gateway.Value.Limits));
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<GatewayOptions>>(static (timeouts, gateway) =>
        {
            timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = gateway.Value.Limits.RequestTimeout, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout };
        });
        services.AddSingleton<RateLimits>();
    }
}
