using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway;

/// <summary>Checks the settings when the host starts; every failure names its setting.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    /// <summary>
    /// Only asymmetric algorithms are accepted: a symmetric key that checks tokens can also mint them.
    /// </summary>
    private static readonly string[] Asymmetric =
        ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var failures = new List<string>();
        CheckAddress(options, failures);
        CheckAuth(options.Auth, failures);
        CheckLimits(options.Limits, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckAddress(GatewayOptions options, List<string> failures)
    {
        if (!IPAddress.TryParse(options.Address, out var address))
        {
            failures.Add("Gateway:Address must be an IP address.");
        }
        else if (!IPAddress.IsLoopback(address) && !string.IsNullOrEmpty(options.Auth.DevelopmentKeyFile))
        {
            failures.Add("Gateway:Address must be a loopback address unless real keys are configured: "
                + "set Gateway:Auth:Authority or Gateway:Auth:JwksFile.");
        }
    }

    private static void CheckAuth(GatewayAuthOptions auth, List<string> failures)
    {
        var sources = Count(auth.DevelopmentKeyFile) + Count(auth.Authority) + Count(auth.JwksFile);
        if (sources != 1)
        {
            failures.Add("Gateway:Auth needs exactly one of DevelopmentKeyFile, Authority and JwksFile"
                + (sources == 0 ? "; none is set." : "; more than one is set."));
        }

        if (auth.JwksFile is { Length: > 0 } && string.IsNullOrWhiteSpace(auth.Issuer))
        {
            failures.Add("Gateway:Auth:Issuer must be set together with JwksFile.");
        }

        if (auth.Issuer is { Length: > 0 } && string.IsNullOrEmpty(auth.JwksFile))
        {
            failures.Add("Gateway:Auth:Issuer is for JwksFile only.");
        }

        if (auth.Authority is { Length: > 0 } authority
            && !(Uri.TryCreate(authority, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))))
        {
            failures.Add("Gateway:Auth:Authority must be an https address (http only on loopback).");
        }

        if (string.IsNullOrWhiteSpace(auth.Audience))
        {
            failures.Add("Gateway:Auth:Audience must not be empty.");
        }

        foreach (var algorithm in auth.Algorithms.Where(a => !Asymmetric.Contains(a, StringComparer.Ordinal)))
        {
            failures.Add($"Gateway:Auth:Algorithms must be among {string.Join(", ", Asymmetric)}; {algorithm} is not.");
        }

        if (auth.EnrollOnFirstUse && string.IsNullOrEmpty(auth.DevelopmentKeyFile))
        {
            failures.Add("Gateway:Auth:EnrollOnFirstUse is for DevelopmentKeyFile only.");
        }

        Range(auth.ClockSkew, TimeSpan.Zero, TimeSpan.FromMinutes(5), "Auth:ClockSkew", failures);
    }

    private static void CheckLimits(GatewayLimitOptions limits, List<string> failures)
    {
        Range(limits.MaxBodyBytes, 16 * 1024, 16 * 1024 * 1024, "Limits:MaxBodyBytes", failures);
        Range(limits.MaxStreamMessageBytes, 16 * 1024, 64 * 1024 * 1024, "Limits:MaxStreamMessageBytes", failures);
        Range(limits.MinBodyBytesPerSecond, 0, 1_000_000, "Limits:MinBodyBytesPerSecond", failures);
        Range(
            limits.RequestTimeout,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(5),
            "Limits:RequestTimeout",
            failures);
        Range(
            limits.LongRequestTimeout,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(1),
            "Limits:LongRequestTimeout",
            failures);
        Range(limits.RequestsPerSecond, 0, 10_000_000, "Limits:RequestsPerSecond", failures);
        Range(limits.AnonymousRequestsPerSecond, 0, 10_000_000, "Limits:AnonymousRequestsPerSecond", failures);
        Range(limits.MaxStreams, 1, 100_000, "Limits:MaxStreams", failures);
        Range(limits.MaxStreamsPerSubject, 1, 100_000, "Limits:MaxStreamsPerSubject", failures);
        Range(limits.Heartbeat, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20), "Limits:Heartbeat", failures);
        Range(limits.IngestIdle, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "Limits:IngestIdle", failures);
        Range(limits.IngestBatch, 1, 1_000_000, "Limits:IngestBatch", failures);
        Range(limits.IngestCallsInFlight, 1, 65_536, "Limits:IngestCallsInFlight", failures);
        Range(limits.GrainCallsInFlight, 1, 1024, "Limits:GrainCallsInFlight", failures);
    }

    private static int Count(string? setting) => string.IsNullOrEmpty(setting) ? 0 : 1;

    private static void Range<T>(T value, T least, T most, string setting, List<string> failures)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture, $"Gateway:{setting} must be {least} to {most}; it is {value}."));
        }
    }
}
