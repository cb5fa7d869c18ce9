namespace AccountGrid.Domain;

/// <summary>How much authority a person has at an instant.</summary>
public enum Standing
{
    /// <summary>Authority has ended, or was never granted: nothing is allowed.</summary>
    Ended = 0,

    /// <summary>Authority ends soon: may heal, may propose, may not approve, every harm needs approval.</summary>
    Notice = 1,

    /// <summary>Full authority, within the roles and the budget.</summary>
    Active = 2,
}

/// <summary>What one person may do at the instant of asking; answered by the operator's own processor, never by a token alone.</summary>
/// <param name="Person">Who.</param>
/// <param name="Standing">The standing at that instant.</param>
/// <param name="Roles">The roles in the register.</param>
/// <param name="Budget">Why the asked-for harm is over budget; <c>null</c> when it fits or none was asked for.</param>
public sealed record Authority(OperatorId Person, Standing Standing, Roles Roles, Refusal? Budget = null)
{
    /// <summary>Somebody whom the register does not know.</summary>
    public static Authority Unknown(OperatorId person) => new(person, Standing.Ended, Roles.None);
}

/// <summary>A harm that a person is about to cause, asked for so that it can be reserved in that person's budget.</summary>
/// <param name="Account">The account.</param>
/// <param name="Reach">
/// The followers affected by this person alone; 0 when a second person approved, because the reach ceiling limits lone acts.
/// </param>
public sealed record HarmIntent(AccountId Account, long Reach);

/// <summary>A question that must be answered before a decision: what may this person do, now?</summary>
/// <param name="Person">Who.</param>
/// <param name="Intent">The harm to reserve, where the command may cause one at once.</param>
public sealed record AuthorityQuestion(OperatorId Person, HarmIntent? Intent);
