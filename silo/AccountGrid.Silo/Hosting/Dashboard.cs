using AccountGrid.Domain;
using Orleans.Dashboard;

namespace AccountGrid.Silo;

/// <summary>
/// Orleans' dashboard at <c>/dashboard</c>, for the role admin. It compresses all its pages when it is mapped, which
/// was a fifth of the silo's start; so the first request for it maps it, in a pipeline of its own.
/// </summary>
internal sealed class Dashboard
{
    private const string Root = "/dashboard";

    private readonly Lazy<RequestDelegate> _pipeline;

    private Dashboard(IApplicationBuilder app) => _pipeline = new(() => Build(app.New()));

    /// <summary>What the dashboard needs besides its grains.</summary>
    public static void AddServices(IServiceCollection services) => services.AddAuthorization();

    /// <summary>Serves it; behind authentication.</summary>
    public static void Use(IApplicationBuilder app)
    {
        var dashboard = new Dashboard(app);
        app.Use((context, next) =>
            context.Request.Path.StartsWithSegments(Root) ? dashboard.ServeAsync(context) : next(context));
    }

    private Task ServeAsync(HttpContext context)
    {
        // No other page may frame it and have an admin click in it.
        context.Response.Headers.XFrameOptions = "DENY";
        context.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'; object-src 'none'; base-uri 'self'";

        // The pipeline finds an endpoint of its own.
        context.SetEndpoint(null);
        return _pipeline.Value(context);
    }

    private static RequestDelegate Build(IApplicationBuilder pipeline)
    {
        pipeline.UseRouting();
        pipeline.UseAuthorization();
        pipeline.UseEndpoints(static endpoints => endpoints.MapOrleansDashboard(Root)
            .RequireAuthorization(static p => p.RequireRole(nameof(Roles.Admin).ToLowerInvariant())));
        return pipeline.Build();
    }
}
