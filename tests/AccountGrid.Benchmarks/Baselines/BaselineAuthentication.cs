using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using AccountGrid.Testing;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>
/// The same library, key and algorithm as the gateway, and like the gateway it remembers tokens that it found good:
/// without that a baseline would spend most of its time on signatures, and flatter us.
/// </summary>
internal static class BaselineAuthentication
{
    private const string Prefix = "Bearer ";

    /// <summary>Adds it.</summary>
    public static void Add(IServiceCollection services, string keyFile)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(keyFile));
        var publicKey = new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(includePrivateParameters: false)))
        {
            KeyId = TestTokens.KeyId(key),
        };
        var good = new ConcurrentDictionary<string, (ClaimsPrincipal Principal, DateTimeOffset Until)>(
            StringComparer.Ordinal);
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                ValidIssuer = "accountgrid-dev",
                ValidAudience = "accountgrid",
                IssuerSigningKey = publicKey,
                NameClaimType = "sub",
                RoleClaimType = "roles",
            };
            options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    var header = context.Request.Headers.Authorization.ToString();
                    if (header.StartsWith(Prefix, StringComparison.Ordinal) && good.TryGetValue(header, out var known)
                        && known.Until > TimeProvider.System.GetUtcNow())
                    {
                        context.Principal = known.Principal;
                        context.Success();
                    }

                    return Task.CompletedTask;
                },
                OnTokenValidated = context =>
                {
                    good[context.Request.Headers.Authorization.ToString()] =
                        (context.Principal!, new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero));
                    return Task.CompletedTask;
                },
            };
        });
        services.AddAuthorization();
    }
}
