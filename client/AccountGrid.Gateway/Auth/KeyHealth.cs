using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Ready while tokens can be verified; degraded, which still counts as ready, while that is by keys that could not be
/// read anew. Each probe reads the keys where that is due.
/// </summary>
internal sealed class KeyHealth(TokenKeys keys) : IHealthCheck
{
    /// <summary>The tag of the hosts' checks behind <c>/health/ready</c>.</summary>
    public const string Tag = "ready";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        keys.Source is not { } source ? HealthCheckResult.Healthy()
        : !await source.PrepareAsync(keyId: null, cancellationToken)
            ? HealthCheckResult.Unhealthy("the keys of the issuer of tokens are not known")
        : source.IsStale ? HealthCheckResult.Degraded("the keys of the issuer of tokens could not be read anew")
        : HealthCheckResult.Healthy();
}
