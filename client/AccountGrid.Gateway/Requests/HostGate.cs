using AccountGrid.Gateway.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// Stands before every endpoint without a <see cref="MethodGate"/>, and before addresses that do not exist: time limit,
/// rate, and a valid token unless the endpoint allows anonymous access. Runs after the framework's authentication.
/// </summary>
internal sealed class HostGate(RateLimits rates, IOptions<GatewayOptions> options)
{
    private readonly TimeSpan _limit = options.Value.Limits.RequestTimeout;

    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var state = RequestState.Of(context);
        if (!state.IsGrpc)
        {
            // Health and reflection over gRPC are streams.
            RequestDeadline.Begin(context, state, _limit);
        }

        var metadata = context.GetEndpoint()?.Metadata;
        var caller = context.User.Identity as CallerIdentity;
        var isUncounted = metadata?.GetMetadata<DisableRateLimitingAttribute>() is not null;
        if (!isUncounted
            && (caller is null ? rates.Count(context.Connection.RemoteIpAddress) : rates.Count(caller)) is { } refused)
        {
            state.Refuse(refused);
            return Task.CompletedTask;
        }

        return caller is null && metadata?.GetMetadata<IAllowAnonymous>() is null
            ? context.ChallengeAsync()
            : next(context);
    }
}
