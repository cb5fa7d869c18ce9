using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Who did something.</summary>
internal static class ActorMapping
{
    /// <summary>On its way out.</summary>
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
