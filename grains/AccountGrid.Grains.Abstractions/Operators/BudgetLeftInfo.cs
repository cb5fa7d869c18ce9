namespace AccountGrid.Grains;

/// <summary>What is left of a budget.</summary>
/// <param name="Harms">How many more harms, from 0.</param>
/// <param name="Reach">How many more followers they may affect in all, from 0.</param>
[GenerateSerializer, Immutable, Alias("ag.budget-left")]
public sealed record BudgetLeftInfo([property: Id(0)] int Harms, [property: Id(1)] long Reach);
