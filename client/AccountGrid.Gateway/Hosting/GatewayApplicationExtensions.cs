using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Hosting;
using AccountGrid.Gateway.Http;
using AccountGrid.Gateway.OpenApi;
using AccountGrid.Gateway.Services;
using Microsoft.Extensions.Options;
using Prometheus;

namespace AccountGrid.Gateway;

/// <summary>Puts the gateway into a host's pipeline.</summary>
public static class GatewayApplicationExtensions
{
    /// <summary>
    /// Maps <c>/health/live</c>, <c>/health/ready</c> and <c>/health/startup</c>. Probes need no token and are never too many; liveness checks nothing, so that it touches no storage.
    /// </summary>
    /// <param name="app">The host, after <see cref="MapAccountGridGateway"/>.</param>
    /// <param name="readyTag">The tag of the checks behind readiness.</param>
    /// <param name="startupTag">The tag of the checks behind startup.</param>
    public static void MapAccountGridHealth(this WebApplication app, string readyTag, string startupTag)
    {
        ArgumentNullException.ThrowIfNull(app);
        foreach (var (name, tag) in ((string, string?)[])[("live", null), ("ready", readyTag), ("startup", startupTag)])
        {
            app.MapHealthChecks($"/health/{name}", new() { Predicate = check => tag is not null && check.Tags.Contains(tag) })
                .AllowAnonymous().DisableRateLimiting();
        }
    }

    /// <summary>
    /// Adds the pipeline (errors, routing, gates) and maps every service, <c>/v1/followers:ingest</c>, <c>/v1/events</c>, <c>/openapi/v1.json</c>,
    /// <c>/metrics</c>, gRPC health and reflection. Call it once, before the host maps its own endpoints.
    /// </summary>
    public static WebApplication MapAccountGridGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<UniformErrorMiddleware>();
        app.UseRouting();
        app.Use(ProtocolGuard.InvokeAsync);
        app.Use(MethodGate.PassAsync);

        // For what the host serves besides. Rates behind authentication, so that a subject is counted and not an address that many share; before
        // authorization, so that refusals count too.
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.Use(app.Services.GetRequiredService<RateLimits>().InvokeAsync);
        app.UseAuthorization();

        var limits = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Limits;
        app.MapGrpcService<AccountServiceV1>().WithGate(limits);
        app.MapGrpcService<FollowerServiceV1>().WithGate(limits);
        app.MapGrpcService<ProposalServiceV1>().WithGate(limits);
        app.MapGrpcService<OperatorServiceV1>().WithGate(limits);
        app.MapGrpcService<AuditServiceV1>().WithGate(limits);
        app.MapGrpcService<EventServiceV1>().WithGate(limits);
        app.MapGrpcService<TraceServiceV1>().WithGate(limits);
        app.MapGrpcHealthChecksService().AllowAnonymous().DisableRequestTimeout();
        app.MapGrpcReflectionService().AllowAnonymous().DisableRequestTimeout();

        var ingest = app.Services.GetRequiredService<IngestEndpoint>();
        app.MapPost("/v1/followers:ingest", ingest.HandleAsync).WithGate("FollowerService.IngestFollows", limits);
        var events = app.Services.GetRequiredService<EventsEndpoint>();
        app.MapGet("/v1/events", events.HandleAsync).WithGate("EventService.WatchEvents", limits);

        var openApi = app.Services.GetRequiredService<OpenApiPage>();
        app.MapGet("/openapi/v1.json", () => Results.Text(openApi.Json, "application/json")).AllowAnonymous();
        app.MapMetrics().AllowAnonymous();
        return app;
    }
}
