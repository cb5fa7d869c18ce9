using AccountGrid.Application;

namespace AccountGrid.Grains;

/// <summary>This silo's settings beside the policy in force. Thread-safe.</summary>
internal sealed class LocalPolicy(PolicyFollower follower) : ILocalPolicy
{
    /// <inheritdoc />
    public PolicyDifferencesInfo Differences => follower.ToDifferences();
}
