namespace AccountGrid.Domain;

/// <summary>
/// What one person may do at the instant of asking; answered by the operator's own processor, never by a token alone.
/// </summary>
/// <param name="Person">The person.</param>
/// <param name="Standing">The standing at that instant.</param>
/// <param name="Roles">The roles in the register.</param>
/// <param name="Budget">Why the asked-for harm is over budget; <c>null</c> when it fits or none was asked for.</param>
public sealed record Authority(OperatorId Person, Standing Standing, Roles Roles, Refusal? Budget = null)
{
    /// <summary>Whether the register knows the person, whatever has become of the authority since.</summary>
    public bool IsEnrolled => Roles != Roles.None || Standing != Standing.Ended;

    /// <summary>The authority of a person whom the register does not know: none.</summary>
    public static Authority Unknown(OperatorId person) => new(person, Standing.Ended, Roles.None);
}
