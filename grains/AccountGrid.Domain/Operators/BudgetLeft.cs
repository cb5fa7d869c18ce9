namespace AccountGrid.Domain;

/// <summary>What one person or service may still do alone within the budget's window.</summary>
/// <param name="Harms">How many more harms, from 0.</param>
/// <param name="Reach">How many more followers they may affect in all, from 0.</param>
public sealed record BudgetLeft(int Harms, long Reach);
