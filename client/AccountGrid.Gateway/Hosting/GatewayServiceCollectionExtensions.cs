using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Hosting;
using AccountGrid.Gateway.Http;
using AccountGrid.Gateway.Requests;
using AccountGrid.Gateway.Services;
using AccountGrid.Grains;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway;

/// <summary>Adds the gateway to a host.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds gRPC, JSON transcoding, tokens and limits. The host gives an <see cref="IGrainFactory"/> (a co-hosted silo
    /// or a cluster client), listens (HTTP/1.1 on one port, HTTP/2 on another) and calls <see
    /// cref="GatewayApplicationExtensions.MapAccountGridGateway"/>. Every other endpoint of the host needs a valid
    /// token unless it allows anonymous access.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Fills in the options; checked when the host starts.</param>
    public static IServiceCollection AddAccountGridGateway(
        this IServiceCollection services, Action<GatewayOptions> configure)
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

        // Stateless: one of each, because otherwise every call would make its own.
        services.AddSingleton<AccountServiceV1>();
        services.AddSingleton<FollowerServiceV1>();
        services.AddSingleton<ProposalServiceV1>();
        services.AddSingleton<OperatorServiceV1>();
        services.AddSingleton<BrakeServiceV1>();
        services.AddSingleton<PolicyServiceV1>();
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
            options.TypeRegistry = ApiError.DetailTypes;
        });
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<GatewayOptions>>(
            static (grpc, gateway) => grpc.MaxReceiveMessageSize = gateway.Value.Limits.MaxBodyBytes);
        services.AddOptions<GrpcServiceOptions<FollowerServiceV1>>().Configure<IOptions<GatewayOptions>>(
            static (grpc, gateway) => grpc.MaxReceiveMessageSize = gateway.Value.Limits.MaxStreamMessageBytes);
        services.AddGrpcReflection();

        // gRPC's health joins all checks of the host; without any it would answer "unknown".
        services.AddGrpcHealthChecks().AddCheck("gateway", static () => HealthCheckResult.Healthy());
        services.AddHealthChecks().AddCheck<KeyHealth>("token keys", tags: [KeyHealth.Tag]);
    }

    private static void AddAuthentication(IServiceCollection services)
    {
        services.AddSingleton<TokenCache>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<BroadRoleHint>();
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerSetup>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        RemoveDataProtectionAtStart(services);

        // When the host starts, because a key that cannot be read must stop it, and tokens are minted with the
        // development key.
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).ValidateOnStart();
        services.AddHostedService<LoopbackGuard>();
    }

    /// <summary>
    /// Authentication brings data protection, for cookies. Nothing here protects data, but at the start it would write
    /// a key into the home directory and warn that the key is not encrypted, and in a container that it will be lost.
    /// </summary>
    private static void RemoveDataProtectionAtStart(IServiceCollection services)
    {
        var assembly = typeof(KeyManagementOptions).Assembly;
        foreach (var service in services.Where(s => s.ServiceType == typeof(IHostedService)).ToArray())
        {
            if (service.ImplementationType?.Assembly == assembly)
            {
                services.Remove(service);
            }
        }
    }

    private static void AddLimits(IServiceCollection services)
    {
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayOptions>>(
            static (kestrel, gateway) => KestrelLimits.Apply(kestrel, gateway.Value.Limits));
        services.AddSingleton<RateLimits>();
        services.AddSingleton<HostGate>();
    }
}
