namespace AccountGrid.Gateway;

/// <summary>
/// The gateway's settings, by default from the section <c>Gateway</c>. All of it is checked when the host starts.
/// </summary>
public sealed class GatewayOptions
{
    /// <summary>
    /// The IP address on which requests are taken; default 127.0.0.1. Any but a loopback address needs real keys, by
    /// <see cref="GatewayAuthOptions.Authority"/> or <see cref="GatewayAuthOptions.JwksFile"/>, and a proxy before it
    /// that terminates TLS.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Which tokens are accepted.</summary>
    public GatewayAuthOptions Auth { get; set; } = new();

    /// <summary>Limits of size, rate and time.</summary>
    public GatewayLimitOptions Limits { get; set; } = new();

    /// <summary>
    /// Without a configured source of keys, which is valid on loopback only, uses a development key, and enrols the
    /// subjects of its tokens on first use.
    /// </summary>
    /// <param name="file">The key's file.</param>
    public void UseDevelopmentKeyByDefault(string file)
    {
        if (string.IsNullOrEmpty(Auth.Authority) && string.IsNullOrEmpty(Auth.JwksFile)
            && string.IsNullOrEmpty(Auth.DevelopmentKeyFile))
        {
            Auth.DevelopmentKeyFile = file;
            Auth.EnrollOnFirstUse = true;
        }
    }
}
