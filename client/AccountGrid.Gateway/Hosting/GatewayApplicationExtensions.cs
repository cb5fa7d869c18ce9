using AccountGrid.Gateway.Hosting;
using AccountGrid.Gateway.Http;
using AccountGrid.Gateway.Requests;
using AccountGrid.Gateway.Services;
using AccountGrid.OpenApi;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Prometheus;

namespace AccountGrid.Gateway;

/// <summary>Puts the gateway into a host's pipeline.</summary>
public static class GatewayApplicationExtensions
{
    /// <summary>
    /// Maps <c>/health/live</c>, <c>/health/ready</c> and <c>/health/startup</c>. Probes need no token and are not
    /// counted by the rate limits; liveness checks nothing, so that it touches no storage.
    /// </summary>
    /// <param name="app">The host, after <see cref="MapAccountGridGateway"/>.</param>
    /// <param name="readyTag">The tag of the checks behind readiness.</param>
    /// <param name="startupTag">The tag of the checks behind startup.</param>
    public static void MapAccountGridHealth(this WebApplication app, string readyTag, string startupTag)
    {
        ArgumentNullException.ThrowIfNull(app);
        foreach (var (name, tag) in ((string, string?)[])[("live", null), ("ready", readyTag), ("startup", startupTag)])
        {
            app.MapHealthChecks(
                $"/health/{name}", new()
                {
                    Predicate = check => tag is not null && check.Tags.Contains(tag),
                    ResponseWriter = WriteAsync,
                })
                .AllowAnonymous().DisableRateLimiting();
        }
    }

    /// <summary>The status, and a line for each check that is not healthy and says why.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain";
        var reasons = report.Entries
            .Where(static e => e.Value.Status != HealthStatus.Healthy && e.Value.Description is not null)
            .Select(static e => $"\n{e.Key}: {e.Value.Description}");
        return context.Response.WriteAsync(report.Status + string.Concat(reasons), context.RequestAborted);
    }

    /// <summary>
    /// Adds the pipeline (errors, routing, gates) and maps every service, <c>/v1/followers:ingest</c>,
    /// <c>/v1/events</c>, <c>/openapi/v1.json</c>, <c>/metrics</c>, gRPC health and reflection. Call it once, before
    /// the host maps its own endpoints. A host with endpoints that need more than a valid token adds
    /// <c>UseAuthorization</c> after it.
    /// </summary>
    public static WebApplication MapAccountGridGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        app.UseMiddleware<RequestMiddleware>();
        if (!string.IsNullOrEmpty(options.Auth.DevelopmentKeyFile))
        {
            app.Use(new HostNames().InvokeAsync);
        }

        app.UseRouting();
        app.Use(ProtocolGuard.InvokeAsync);
        app.Use(MethodGate.PassAsync);

        // Only endpoints without a gate of their own, and addresses that do not exist, come as far as this.
        app.UseAuthentication();
        app.Use(app.Services.GetRequiredService<HostGate>().InvokeAsync);

        var limits = options.Limits;
        app.MapGrpcService<AccountServiceV1>().WithGate(limits);
        app.MapGrpcService<FollowerServiceV1>().WithGate(limits);
        app.MapGrpcService<ProposalServiceV1>().WithGate(limits);
        app.MapGrpcService<OperatorServiceV1>().WithGate(limits);
        app.MapGrpcService<BrakeServiceV1>().WithGate(limits);
        app.MapGrpcService<PolicyServiceV1>().WithGate(limits);
        app.MapGrpcService<AuditServiceV1>().WithGate(limits);
        app.MapGrpcService<EventServiceV1>().WithGate(limits);
        app.MapGrpcService<TraceServiceV1>().WithGate(limits);
        app.MapGrpcHealthChecksService().AllowAnonymous();
        app.MapGrpcReflectionService().AllowAnonymous();

        var ingest = app.Services.GetRequiredService<IngestEndpoint>();
        app.MapPost("/v1/followers:ingest", ingest.HandleAsync).WithGate("FollowerService.IngestFollows", limits);
        var events = app.Services.GetRequiredService<EventsEndpoint>();
        app.MapGet("/v1/events", events.HandleAsync).WithGate("EventService.WatchEvents", limits);

        var openApi = new Lazy<string>(OpenApiPage.Make);
        app.MapGet("/openapi/v1.json", () => Results.Text(openApi.Value, "application/json")).AllowAnonymous();
        app.MapMetrics().AllowAnonymous();
        return app;
    }
}
