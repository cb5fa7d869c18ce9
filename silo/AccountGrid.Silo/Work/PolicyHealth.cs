using AccountGrid.Application;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccountGrid.Silo;

/// <summary>
/// Degraded while the silo's settings differ from the policy record, and names them; the values are in the log and in
/// <c>policy diff</c>. The silo serves all the same: the record is in force.
/// </summary>
internal sealed class PolicyHealth(PolicyFollower follower) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var differences = follower.Differences;
        return Task.FromResult(differences.IsEmpty
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(
                "the settings differ from the policy record, which is in force: "
                + string.Join(", ", differences.Select(
                    static d => $"{d.Name} ({(d.IsWeaker ? "weaker" : "stricter")})"))));
    }
}
