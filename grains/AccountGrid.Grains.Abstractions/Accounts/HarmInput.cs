using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>A harmful action.</summary>
[GenerateSerializer, Immutable, Alias("ag.harm")]
public sealed record HarmInput(
    [property: Id(0)] HarmKind Kind,
    [property: Id(1)] string Reason,
    [property: Id(2)] string Note,
    [property: Id(3)] string Ticket,
    [property: Id(4)] DateTimeOffset? Until,
    [property: Id(5)] DateTimeOffset? At)
{
    /// <summary>How many more followers may be lost; 0 for every other harm.</summary>
    [Id(6)]
    public long Followers { get; init; }

    /// <summary>The domain's action.</summary>
    public HarmAction ToAction() => new(Kind, Reason, Note, Ticket, Until, At, Followers);
}
