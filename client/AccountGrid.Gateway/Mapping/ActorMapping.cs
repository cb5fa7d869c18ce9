using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps actors.</summary>
internal static class ActorMapping
{
    /// <summary>The actor.</summary>
    public static V1.Actor ToProto(ActorInfo info) => new()
    {
        Kind = info.Kind switch
        {
            ActorKind.Operator => V1.Actor.Types.Kind.Operator,
            ActorKind.Service => V1.Actor.Types.Kind.Service,
            ActorKind.System => V1.Actor.Types.Kind.System,
            _ => throw new ArgumentOutOfRangeException(nameof(info), info.Kind, "Unknown kind of actor."),
        },
        Subject = info.Subject,
    };
}
