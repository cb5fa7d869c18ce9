using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>What each action on an account, or on an operator, would come to for a person.</summary>
/// <param name="Actions">Each action once.</param>
[GenerateSerializer, Immutable, Alias("ag.actions")]
public sealed record ActionList([property: Id(0)] ImmutableArray<ActionInfo> Actions);
