using AccountGrid.Grains;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccountGrid.Gateway.Host;

/// <summary>Healthy while a silo answers for the store and this process is not stopping.</summary>
internal sealed class ClusterHealthCheck(
    IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider clock) : IHealthCheck
{
    /// <summary>The tag of the checks behind <c>/health/ready</c>.</summary>
    public const string Tag = "ready";

    /// <summary>The tag of the checks behind <c>/health/startup</c>.</summary>
    public const string StartupTag = "startup";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("stopping");
        }

        try
        {
            await grains.GetGrain<IDirectoryGrain>(0).ReadFeedHeadAsync(cancellationToken).WaitAsync(
                Timeout, clock, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or GrainRefusedException)
        {
            return HealthCheckResult.Unhealthy("the cluster does not answer");
        }
    }
}
