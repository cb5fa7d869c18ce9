using AccountGrid.Gateway.Contract;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Stands before one endpoint: is the caller known, is it not too fast, may it call this, and (JSON only) does the request fit the proto? All of it is here and not in the
/// framework's middlewares, which would find out at every request what is known when the endpoint is made.
/// </summary>
internal sealed class MethodGate(
    MethodPolicy policy, TimeSpan? limit, MethodMeter meter, RequestSpan span, RequestContract? contract, RequestDelegate inner, IServiceProvider services)
{
    private readonly Callers _callers = services.GetRequiredService<Callers>();
    private readonly RateLimits _rates = services.GetRequiredService<RateLimits>();

    // Later, because it needs the cluster, which may start after the endpoints are made. A race writes the same reference twice.
    private Admission? _admission;

    /// <summary>Takes requests to endpoints that have a gate; whatever else the host serves goes on through the framework's own checks.</summary>
    public static Task PassAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<MethodGate>() is { } gate ? gate.InvokeAsync(context) : next(context);

    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var guard = AnswerGuard.Of(context);
        guard.Meter = meter;
        if (limit is { } time)
        {
            guard.Deadline = new RequestDeadline(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), time);
            context.Features.Set<IHttpRequestLifetimeFeature>(guard.Deadline);
        }

        if (_callers.Recall(context) is not { } principal)
        {
            return AuthenticateAsync(context);
        }

        context.User = principal;
        return Admit(context, (CallerIdentity)principal.Identity!);
    }

    private async Task AuthenticateAsync(HttpContext context)
    {
        var result = await context.AuthenticateAsync();
        if (result.Principal is { Identity: CallerIdentity caller } principal)
        {
            context.User = principal;
            await Admit(context, caller);
        }
        else
        {
            await (_rates.CountStranger(context) is { } refused ? ErrorAnswer.WriteAsync(context, refused) : context.ChallengeAsync());
        }
    }

    private Task Admit(HttpContext context, CallerIdentity caller)
    {
        AnswerGuard.Of(context).Span = span.Start(context, caller);
        if (!policy.IsHealing && _rates.Count(caller) is { } refused)
        {
            return ErrorAnswer.WriteAsync(context, refused);
        }

        var admission = _admission ??= services.GetRequiredService<Admission>();
        return admission.Knows(caller, policy, out var forbidden) ? GoOn(context, forbidden) : LookUpAsync(context, caller, admission);
    }

    private async Task LookUpAsync(HttpContext context, CallerIdentity caller, Admission admission) =>
        await GoOn(context, await admission.AdmitAsync(caller, policy, context.RequestAborted));

    private Task GoOn(HttpContext context, ApiError? refused) =>
        refused is not null ? ErrorAnswer.WriteAsync(context, refused)
        : contract is not null ? contract.CheckAsync(context, inner)
        : inner(context);
}
