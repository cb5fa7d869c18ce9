using System.Net;
using AccountGrid.Domain;
using AccountGrid.Gateway.Auth;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway;

/// <summary>Checks the settings when the host starts; every failure names its setting.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var check = new SettingCheck();
        CheckAddress(options, check);
        CheckAuth(options.Auth, check);
        CheckLimits(options.Limits, check);
        return check.Broken.IsEmpty ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(check.Broken);
    }

    private static void CheckAddress(GatewayOptions options, SettingCheck check)
    {
        check.That(IPAddress.TryParse(options.Address, out var address), "Gateway:Address", "must be an IP address");
        check.That(
            address is null || IPAddress.IsLoopback(address) || string.IsNullOrEmpty(options.Auth.DevelopmentKeyFile),
            "Gateway:Address",
            "must be a loopback address unless real keys are configured: "
                + "set Gateway:Auth:Authority or Gateway:Auth:JwksFile");
    }

    private static void CheckAuth(GatewayAuthOptions auth, SettingCheck check)
    {
        var sources = Count(auth.DevelopmentKeyFile) + Count(auth.Authority) + Count(auth.JwksFile);
        check.That(
            sources == 1,
            "Gateway:Auth",
            "needs exactly one of DevelopmentKeyFile, Authority and JwksFile; "
                + (sources == 0 ? "none is set" : "more than one is set"));
        check.That(
            string.IsNullOrEmpty(auth.JwksFile) || !string.IsNullOrWhiteSpace(auth.Issuer),
            "Gateway:Auth:Issuer",
            "must be set together with JwksFile");
        check.That(
            string.IsNullOrEmpty(auth.Issuer) || !string.IsNullOrEmpty(auth.JwksFile),
            "Gateway:Auth:Issuer",
            "is for JwksFile only");
        check.That(
            string.IsNullOrEmpty(auth.Authority) || IsAuthority(auth.Authority),
            "Gateway:Auth:Authority",
            "must be an https address (http only on loopback)");
        check.That(!string.IsNullOrWhiteSpace(auth.Audience), "Gateway:Auth:Audience", "must not be empty");
        foreach (var algorithm in auth.Algorithms)
        {
            check.That(
                KeyRules.Algorithms.Contains(algorithm, StringComparer.Ordinal),
                "Gateway:Auth:Algorithms",
                $"must be among {string.Join(", ", KeyRules.Algorithms)}; {algorithm} is not");
        }

        check.That(
            !auth.EnrollOnFirstUse || !string.IsNullOrEmpty(auth.DevelopmentKeyFile),
            "Gateway:Auth:EnrollOnFirstUse",
            "is for DevelopmentKeyFile only");
        check.In(auth.ClockSkew, TimeSpan.Zero, TimeSpan.FromMinutes(5), "Gateway:Auth:ClockSkew");
        check.In(auth.KeyRefresh, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(4), "Gateway:Auth:KeyRefresh");
        check.In(
            auth.UnknownKeyInterval,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(5),
            "Gateway:Auth:UnknownKeyInterval");
        check.In(auth.LastKnownGood, auth.KeyRefresh, TimeSpan.FromDays(1), "Gateway:Auth:LastKnownGood");
    }

    private static void CheckLimits(GatewayLimitOptions limits, SettingCheck check)
    {
        check.In(limits.MaxBodyBytes, 16 * 1024, 16 * 1024 * 1024, "Gateway:Limits:MaxBodyBytes");
        check.In(limits.MaxStreamMessageBytes, 16 * 1024, 64 * 1024 * 1024, "Gateway:Limits:MaxStreamMessageBytes");
        check.In(limits.MinBodyBytesPerSecond, 0, 1_000_000, "Gateway:Limits:MinBodyBytesPerSecond");
        check.In(
            limits.RequestTimeout,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(5),
            "Gateway:Limits:RequestTimeout");
        check.In(
            limits.LongRequestTimeout,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(1),
            "Gateway:Limits:LongRequestTimeout");
        check.In(limits.RequestsPerSecond, 0, 10_000_000, "Gateway:Limits:RequestsPerSecond");
        check.In(limits.AnonymousRequestsPerSecond, 0, 10_000_000, "Gateway:Limits:AnonymousRequestsPerSecond");
        check.In(limits.MaxStreams, 1, 100_000, "Gateway:Limits:MaxStreams");
        check.In(limits.MaxStreamsPerSubject, 1, 100_000, "Gateway:Limits:MaxStreamsPerSubject");
        check.In(
            limits.Heartbeat,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromSeconds(20),
            "Gateway:Limits:Heartbeat");
        check.In(limits.IngestIdle, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "Gateway:Limits:IngestIdle");
        check.In(limits.IngestBatch, 1, 1_000_000, "Gateway:Limits:IngestBatch");
        check.In(limits.IngestCallsInFlight, 1, 65_536, "Gateway:Limits:IngestCallsInFlight");
        check.In(limits.GrainCallsInFlight, 1, 1024, "Gateway:Limits:GrainCallsInFlight");
    }

    private static int Count(string? setting) => string.IsNullOrEmpty(setting) ? 0 : 1;

    private static bool IsAuthority(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
