namespace AccountGrid.Domain;

/// <summary>A question that must be answered before a decision: what may this person do, now?</summary>
/// <param name="Person">The person asked about.</param>
/// <param name="Intent">The harm to reserve, where the command may cause one at once.</param>
public sealed record AuthorityQuestion(OperatorId Person, HarmIntent? Intent);
