using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.JsonContract;
using Microsoft.AspNetCore.Authentication;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// Stands before one endpoint: time limit, authentication, rate, authorization and (JSON only) the contract. It
/// replaces the framework's middlewares, which would look up at every request what is known when the endpoint is made.
/// </summary>
internal sealed class MethodGate(
    MethodPolicy policy,
    TimeSpan? limit,
    MethodMeter meter,
    RequestSpan span,
    RequestContract? contract,
    RequestDelegate next,
    IServiceProvider services)
{
    private readonly TokenCache _tokens = services.GetRequiredService<TokenCache>();
    private readonly RateLimits _rates = services.GetRequiredService<RateLimits>();

    // Later, because it needs the cluster, which may start after the endpoints are made. A race writes the same
    // reference twice.
    private Admission? _admission;

    /// <summary>Sends requests of endpoints with a gate there; others go on.</summary>
    public static Task PassAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<MethodGate>() is { } gate
            ? gate.InvokeAsync(context)
            : next(context);

    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var state = RequestState.Of(context);
        state.Meter = meter;
        if (limit is { } time)
        {
            RequestDeadline.Begin(context, state, time);
        }

        if (_tokens.Find(context) is not { } principal)
        {
            return AuthenticateAsync(context, state);
        }

        context.User = principal;
        return AuthorizeAsync(context, state, (CallerIdentity)principal.Identity!);
    }

    private async Task AuthenticateAsync(HttpContext context, RequestState state)
    {
        var result = await context.AuthenticateAsync();
        if (result.Principal is { Identity: CallerIdentity caller } principal)
        {
            context.User = principal;
            await AuthorizeAsync(context, state, caller);
        }
        else if (_rates.Count(context.Connection.RemoteIpAddress) is { } refused)
        {
            state.Refuse(refused);
        }
        else
        {
            await context.ChallengeAsync();
        }
    }

    private Task AuthorizeAsync(HttpContext context, RequestState state, CallerIdentity caller)
    {
        state.Span = span.Start(context, state, caller);
        if (!policy.IsHealing && _rates.Count(caller) is { } refused)
        {
            state.Refuse(refused);
            return Task.CompletedTask;
        }

        var admission = _admission ??= services.GetRequiredService<Admission>();
        return admission.TryDecide(caller, policy, out var forbidden)
            ? GoOnAsync(context, state, forbidden)
            : LookUpAsync(context, state, caller, admission);
    }

    private async Task LookUpAsync(
        HttpContext context, RequestState state, CallerIdentity caller, Admission admission) =>
        await GoOnAsync(context, state, await admission.AuthorizeAsync(caller, policy, context.RequestAborted));

    private Task GoOnAsync(HttpContext context, RequestState state, ApiError? refused)
    {
        if (refused is not null)
        {
            state.Refuse(refused);
            return Task.CompletedTask;
        }

        return contract is not null ? contract.CheckAsync(context, next) : next(context);
    }
}
