using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccountGrid.Silo;

/// <summary>Not ready while the watchdog finds that the silo is not well.</summary>
internal sealed class WatchdogHealth(Watchdog watchdog) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var unwell = watchdog.Unwell.Select(static vital => vital.Trouble).ToArray();
        return Task.FromResult(unwell.Length == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(string.Join("; ", unwell)));
    }
}
