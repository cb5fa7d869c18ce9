using AccountGrid.Application;
using AccountGrid.Grains;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccountGrid.Silo;

/// <summary>
/// Ready while the silo is up, is not stopping, has not been declared dead, and its store answers and can write.
/// </summary>
internal sealed class Readiness(
    IStore store, IJournalFeed feed, PauseGuard guard, IHostApplicationLifetime lifetime, TimeProvider clock)
    : IHealthCheck
{
    /// <summary>The tag of the checks behind <c>/health/ready</c>.</summary>
    public const string Tag = "ready";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long after a write that failed for want of space the silo is not ready, unless one has succeeded since:
    /// then the next request tries again, because only a write can find out that there is space.
    /// </summary>
    private static readonly TimeSpan TroubleLasts = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("stopping");
        }

        if (guard.IsDead)
        {
            return HealthCheckResult.Unhealthy("declared dead by the other silos");
        }

        if (store.Trouble is { } trouble && clock.GetUtcNow() - trouble.At < TroubleLasts)
        {
            return HealthCheckResult.Unhealthy($"the store cannot write: {trouble.Kind}");
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await feed.ReadHeadAsync(either.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException)
        {
            return HealthCheckResult.Unhealthy("the store does not answer");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("the store does not answer in time");
        }
    }
}

/// <summary>Started once every part is up.</summary>
internal sealed class Startup(IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <summary>The tag of the checks behind <c>/health/startup</c>.</summary>
    public const string Tag = "startup";

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            lifetime.ApplicationStarted.IsCancellationRequested
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("starting"));
}
