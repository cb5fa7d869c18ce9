using AccountGrid.Application;

namespace AccountGrid.Grains;

/// <summary>Maps the brake to what callers get.</summary>
internal static class BrakeMapping
{
    public static BrakeInfo ToInfo(this BrakeView view) => new(
        view.Engagement?.At, view.Engagement?.Until, view.Harms, view.Reach, view.Policy.MaxHarms,
        view.Policy.MaxReach, view.Policy.Window,
        view.Release is { } release ? new(release.At, release.By.Value, release.Note) : null);
}
