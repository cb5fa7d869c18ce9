using AccountGrid.Gateway.Auth;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Makes one <see cref="FollowIngest"/> per stream; all of them share the limit of grain calls in flight.
/// Thread-safe.
/// </summary>
internal sealed class FollowIngests(GrainCalls grains, IOptions<GatewayOptions> options, TimeProvider clock)
{
    private readonly CallWindow _calls = new(options.Value.Limits.IngestCallsInFlight, clock);

    /// <summary>For one caller's stream.</summary>
    public FollowIngest Begin(CallerIdentity caller) =>
        new(grains, _calls, options.Value.Limits.IngestBatch, clock, caller.Caller);
}
