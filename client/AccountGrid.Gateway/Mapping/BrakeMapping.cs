using AccountGrid.Grains;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps the brake.</summary>
internal static class BrakeMapping
{
    /// <summary>The brake.</summary>
    public static V1.Brake ToProto(BrakeInfo info) => new()
    {
        EngagedAt = TimeMapping.ToProto(info.EngagedAt),
        EngagedUntil = TimeMapping.ToProto(info.EngagedUntil),
        Harms = info.Harms,
        Reach = info.Reach,
        MaxHarms = info.MaxHarms,
        MaxReach = info.MaxReach,
        Window = Duration.FromTimeSpan(info.Window),
        LastRelease = info.Release is { } release
            ? new() { At = TimeMapping.ToProto(release.At), By = release.By, Note = release.Note }
            : null,
    };
}
