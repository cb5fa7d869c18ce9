namespace AccountGrid.Domain;

/// <summary>
/// A harm that a person or a service is about to cause, asked for so that it can be reserved in that budget.
/// </summary>
/// <param name="Account">The account.</param>
/// <param name="Reach">
/// The followers affected by this one alone; 0 when a second person approved, because the reach ceiling limits lone
/// acts.
/// </param>
public sealed record HarmIntent(AccountId Account, long Reach);
