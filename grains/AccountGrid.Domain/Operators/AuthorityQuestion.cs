namespace AccountGrid.Domain;

/// <summary>A question that must be answered before a decision: what may this person do, now?</summary>
/// <param name="Person">The person asked about.</param>
/// <param name="Intent">The harm to reserve, where the command may cause one at once.</param>
/// <param name="OfAService">
/// Whether it is asked because a service has the person's subject. Most services have one that no person has, so the
/// answer that the register does not know the person may be remembered for a moment.
/// </param>
public sealed record AuthorityQuestion(OperatorId Person, HarmIntent? Intent, bool OfAService = false);
