using System.Text.Json;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Gateway.Auth;

/// <summary>JWT bearer with our keys, algorithms, clock and errors.</summary>
internal sealed class BearerSetup(
    IOptions<GatewayOptions> options,
    TimeProvider clock,
    TokenCache tokens,
    TokenKeys keys,
    RefusalLog refusals,
    BroadRoleHint broad)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    private const string Scheme = "Bearer ";

    private static readonly ApiError KeysUnknown = ApiError.Of(
        RefusalReason.StorageUnavailable,
        "The token cannot be verified now, because the keys of its issuer are not known; nothing was done.",
        field: null,
        IssuerKeys.RetryDelay);

    /// <inheritdoc/>
    public void Configure(JwtBearerOptions bearer) => Configure(JwtBearerDefaults.AuthenticationScheme, bearer);

    /// <inheritdoc/>
    public void Configure(string? name, JwtBearerOptions bearer)
    {
        var auth = options.Value.Auth;
        var algorithms = keys.Algorithms;
        KeyReadings.Show();
        bearer.MapInboundClaims = false;
        bearer.TimeProvider = clock;
        bearer.IncludeErrorDetails = false;
        bearer.SaveToken = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = algorithms,
            IssuerSigningKeyResolver = (_, token, _, parameters) =>
                Choose((JsonWebToken)token, parameters.IssuerSigningKeys, algorithms),
            ValidAudience = auth.Audience,
            RequireSignedTokens = true,
            RequireExpirationTime = true,

            // Otherwise a token with an unknown kid, or none, is tried against every key.
            TryAllIssuerSigningKeys = false,
            NameClaimType = "sub",
            RoleClaimType = "roles",

            // The library's own check reads the wall clock.
            LifetimeValidator = (from, until, _, _) => CheckLifetime(
                clock.GetUtcNow().UtcDateTime, auth.ClockSkew, from, until),
        };
        SetKeys(bearer, auth);
        bearer.Events = new JwtBearerEvents
        {
            OnMessageReceived = ReceiveAsync,
            OnTokenValidated = Accept,
            OnChallenge = Challenge,
            OnForbidden = static context => RefuseAsync(
                context.HttpContext, ErrorMap.FromHttpStatus(StatusCodes.Status403Forbidden)),
        };
    }

    /// <summary>The keys that may verify a token; none for a token that names no known key.</summary>
    /// <exception cref="BearerException">The token breaks a rule.</exception>
    private List<SecurityKey> Choose(
        JsonWebToken token, IEnumerable<SecurityKey> known, IReadOnlyList<string> algorithms)
    {
        var chosen = new List<SecurityKey>();
        string? rule = null;
        foreach (var key in known.OfType<JsonWebKey>().Where(k => k.Kid == token.Kid))
        {
            if (KeyRules.BrokenBy(token, key, algorithms) is { } broken)
            {
                rule ??= broken;
            }
            else
            {
                chosen.Add(key);
            }
        }

        if (chosen.Count == 0 && rule is not null)
        {
            refusals.Report(token.Kid, rule);
            throw new BearerException($"The token is refused: it {rule}.");
        }

        return chosen;
    }

    private void SetKeys(JwtBearerOptions bearer, GatewayAuthOptions auth)
    {
        if (keys.Source is { } source)
        {
            bearer.ConfigurationManager = source;
            bearer.TokenValidationParameters.ValidIssuer = auth.Issuer;
        }
        else
        {
            bearer.TokenValidationParameters.ValidIssuer = DevelopmentKey.Issuer;
            bearer.TokenValidationParameters.IssuerSigningKeys =
                [JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
                    DevelopmentKey.LoadOrCreate(auth.DevelopmentKeyFile!))];
        }
    }

    private async Task ReceiveAsync(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (tokens.IsOutside(context.HttpContext))
        {
            context.Fail(new BearerException("The development key is for loopback only."));
        }
        else if (header.Length > TokenCache.LongestToken)
        {
            context.Fail(new BearerException($"The token is longer than {TokenCache.LongestToken} characters."));
        }
        else if (tokens.Find(context.HttpContext) is { } principal)
        {
            context.Principal = principal;
            context.Success();
        }
        else if (keys.Source is { } source && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && !await source.PrepareAsync(KeyIdOf(header[Scheme.Length..].Trim()), context.HttpContext.RequestAborted))
        {
            context.Fail(new KeysUnknownException());
        }
    }

    /// <summary>The key that a token names; <c>null</c> also for what is no token, which is refused later.</summary>
    private static string? KeyIdOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Kid is { Length: > 0 } keyId ? keyId : null;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or JsonException)
        {
            return null;
        }
    }

    private Task Accept(TokenValidatedContext context)
    {
        // The subject is kept in journals forever, so its form is checked.
        if (context.SecurityToken is not JsonWebToken token
            || CallerIdentity.From(context.Principal!, token.ValidTo) is not { } identity)
        {
            context.Fail(new BearerException(
                "The token has no usable subject "
                + $"(1 to {OperatorId.MaxLength} characters of A-Z a-z 0-9 . _ - @ : | +)."));
            return Task.CompletedTask;
        }

        context.Principal = new System.Security.Claims.ClaimsPrincipal(identity);
        broad.Accepted(identity);
        tokens.Add(token.EncodedToken, context.Principal, token.ValidFrom, token.ValidTo);
        return Task.CompletedTask;
    }

    private static Task Challenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        if (context.AuthenticateFailure is KeysUnknownException)
        {
            return RefuseAsync(context.HttpContext, KeysUnknown);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return RefuseAsync(
            context.HttpContext, ApiError.Of(RefusalReason.Unauthenticated, Explain(context.AuthenticateFailure)));
    }

    private static Task RefuseAsync(HttpContext context, ApiError error)
    {
        RequestState.Of(context).Refuse(error);
        return Task.CompletedTask;
    }

    /// <summary>Throws what the library's own check would throw.</summary>
    private static bool CheckLifetime(DateTime now, TimeSpan skew, DateTime? from, DateTime? until) =>
        until is not { } end ? throw new SecurityTokenNoExpirationException("No expiry.")
        : from is { } begin && begin > now + skew ? throw new SecurityTokenNotYetValidException("Not yet.")
        : end > now - skew ? true
        : throw new SecurityTokenExpiredException("Expired.");

    /// <summary>Never the exception's own text: it can quote the token.</summary>
    private static string Explain(Exception? failure) => failure switch
    {
        null => "A bearer token is required.",
        BearerException => failure.Message,
        SecurityTokenNoExpirationException => "The token has no expiry.",
        SecurityTokenExpiredException => "The token has expired.",
        SecurityTokenNotYetValidException => "The token is not valid yet.",
        SecurityTokenInvalidIssuerException => "The token's issuer is not accepted.",
        SecurityTokenInvalidAudienceException => "The token's audience is not accepted.",
        SecurityTokenInvalidAlgorithmException => "The token's algorithm is not accepted.",
        SecurityTokenSignatureKeyNotFoundException => "The token's key is not known.",
        SecurityTokenInvalidSignatureException => "The token's signature is not valid.",
        _ => "The token is not valid.",
    };

    /// <summary>A failure of ours, whose text may be shown.</summary>
    private sealed class BearerException(string message) : AuthenticationFailureException(message);

    /// <summary>The keys are not known, so that nothing is said about the token.</summary>
    private sealed class KeysUnknownException() : AuthenticationFailureException("The keys are not known.");
}
