using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What one action on an account, or on an operator, would come to for a person.</summary>
/// <param name="Name">The command, as the journal names it.</param>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="NeedsSecondPerson">Whether it would wait for a second person.</param>
/// <param name="Left">What is left of the budget that would pay; <c>null</c> where it would cost nothing now.</param>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
[GenerateSerializer, Immutable, Alias("ag.action")]
public sealed record ActionInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] Outcome Outcome,
    [property: Id(2)] bool NeedsSecondPerson,
    [property: Id(3)] BudgetLeftInfo? Left,
    [property: Id(4)] RefusalInfo? Refusal);
