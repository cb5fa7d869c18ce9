namespace AccountGrid.Domain;

/// <summary>
/// A harm that a person is about to cause, asked for so that it can be reserved in that person's budget.
/// </summary>
/// <param name="Account">The account.</param>
/// <param name="Reach">
/// The followers affected by this person alone; 0 when a second person approved, because the reach ceiling limits lone
/// acts.
/// </param>
public sealed record HarmIntent(AccountId Account, long Reach);
