namespace AccountGrid.Gateway;

/// <summary>
/// Which tokens are accepted. Exactly one of <see cref="DevelopmentKeyFile"/>, <see cref="Authority"/> and <see
/// cref="JwksFile"/> is set.
/// </summary>
public sealed class GatewayAuthOptions
{
    /// <summary>
    /// A P-256 private key (PKCS#8, PEM), made with mode 0600 where there is none. Tokens: ES256, issuer
    /// <c>accountgrid-dev</c>. Only while every listening address is loopback; otherwise the host does not start.
    /// </summary>
    public string? DevelopmentKeyFile { get; set; }

    /// <summary>
    /// An OpenID provider: keys and issuer come from its discovery document. <c>https</c>, except on loopback.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>
    /// A file with a JSON Web Key Set; replaced (by rename) while running, its new keys are in force within a second.
    /// Needs <see cref="Issuer"/>.
    /// </summary>
    public string? JwksFile { get; set; }

    /// <summary>
    /// The issuer that tokens must name; with <see cref="Authority"/> it comes from the discovery document and this
    /// must be absent.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>The audience that tokens must name. Default <c>accountgrid</c>.</summary>
    public string Audience { get; set; } = "accountgrid";

    /// <summary>
    /// Accepted signature algorithms with <see cref="Authority"/> or <see cref="JwksFile"/>; asymmetric only. Default
    /// ES256, ES384, RS256, PS256.
    /// </summary>
    public IList<string> Algorithms { get; } = [];

    /// <summary>
    /// Tolerance for clocks that differ, at both ends of a token's lifetime. Default 30 seconds, 0 to 5 minutes.
    /// </summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// With <see cref="Authority"/>: how old the provider's keys get before they are read again; a key that was
    /// withdrawn there is accepted for this long and the 30 seconds for which a token's signature is remembered.
    /// Default 1 minute, 10 seconds to 4 minutes.
    /// </summary>
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// With <see cref="Authority"/>: the provider is asked at once for a key that is not known, but not more often than
    /// this, because any caller can send such tokens. Default 10 seconds, 1 second to 5 minutes.
    /// </summary>
    public TimeSpan UnknownKeyInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// With <see cref="Authority"/>: how long the last good keys verify tokens while the provider does not answer, or
    /// answers with documents that are no good. Afterwards tokens are answered 503. A key that is withdrawn in that
    /// time is accepted until its end. Default 1 hour, <see cref="KeyRefresh"/> to 1 day.
    /// </summary>
    public TimeSpan LastKnownGood { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Enrol a token's subject as an active operator when it is first seen. Only with <see cref="DevelopmentKeyFile"/>.
    /// Default off.
    /// </summary>
    public bool EnrollOnFirstUse { get; set; }
}
