using AccountGrid.Gateway.Auth;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Services;

/// <summary>Makes one <see cref="FollowIngest"/> per stream. Thread-safe.</summary>
internal sealed class FollowIngests(GrainCalls grains, IOptions<GatewayOptions> options, TimeProvider clock)
{
    /// <summary>For one caller's stream.</summary>
    public FollowIngest Begin(CallerIdentity caller) => new(grains, options, clock, caller.CallerForOwner);
}
