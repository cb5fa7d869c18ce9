using AccountGrid.Testing;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>A gateway whose tokens are checked by a key set in a file.</summary>
public static class KeyFileHost
{
    /// <summary>The issuer that tokens name.</summary>
    public const string Issuer = "https://id.example";

    /// <summary>Starts it over <c>jwks.json</c> in a directory.</summary>
    public static Task<GatewayHost> StartAsync(TempDirectory directory) =>
        GatewayHost.StartAsync(new GatewayHostOptions
        {
            Gateway = options =>
            {
                options.Auth.DevelopmentKeyFile = null;
                options.Auth.EnrollOnFirstUse = false;
                options.Auth.JwksFile = directory.File("jwks.json");
                options.Auth.Issuer = Issuer;
            },
        });
}
