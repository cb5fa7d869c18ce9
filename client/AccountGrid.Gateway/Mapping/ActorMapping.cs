using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps actors.</summary>
internal static class ActorMapping
{
    /// <summary>The actor.</summary>
    public static V1.Actor ToProto(ActorInfo info) => new()
    {
        Kind = Enums.ActorKinds.ToProto(info.Kind),
        Subject = info.Subject,
    };
}
