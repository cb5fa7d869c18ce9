namespace AccountGrid.Domain;

/// <summary>One harmful action that counts against a person's budget, as found in the accounts' journals.</summary>
/// <param name="At">When it took effect.</param>
/// <param name="Reach">Followers affected by this person alone; 0 where a second person approved.</param>
public sealed record HarmCharge(DateTimeOffset At, long Reach);
