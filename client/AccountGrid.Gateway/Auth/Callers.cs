using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>Knows a caller again by a token that was found good a moment ago, without going through the framework's handlers. Thread-safe.</summary>
internal sealed class Callers(ValidatedTokens validated, IOptions<GatewayOptions> options)
{
    private const string Prefix = "Bearer ";
    private readonly bool _isForLoopback = options.Value.Auth.DevelopmentKeyFile is { Length: > 0 };

    /// <summary>
    /// Whether the request came in where no token counts: whatever the server was told to listen on, the development key opens nothing that comes in from outside.
    /// </summary>
    public bool IsOutside(HttpContext context) => _isForLoopback && context.Connection.LocalIpAddress is { } local && !IPAddress.IsLoopback(local);

    /// <summary>The caller, if the token is remembered; <c>null</c> says nothing about the token.</summary>
    public ClaimsPrincipal? Recall(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.Length <= ValidatedTokens.LongestToken
        && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && !IsOutside(context)
            ? validated.Find(header.AsSpan(Prefix.Length).Trim())
            : null;
}
